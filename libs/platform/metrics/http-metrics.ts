/** Requests, by the template of their route: what a caller writes into a URL makes no series. */
import { Injectable } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';

import { METRICS_PATH } from './metrics-path.js';

/** In seconds: a read takes 1 ms, a start 5, a time-out of the database 5 s, a `Prefer: wait` up to 30. */
const BUCKETS = [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 2, 10];

const UNKNOWN_ROUTE = 'unknown';
const DOCS_ROUTE = '/docs';
/** Everything of the Swagger UI, which is many files. */
const DOCS = /^\/docs(?:$|[/-])/;
/** Counted only: nobody waits for them, or who does takes the time itself. Each would be 11 series. */
const UNTIMED: ReadonlySet<string> = new Set([UNKNOWN_ROUTE, DOCS_ROUTE, METRICS_PATH]);
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']);
const OTHER_METHOD = 'OTHER';
const CLASSES = ['2xx', '4xx', '5xx'];

interface Labels {
  readonly route: string;
  readonly method: string;
}

@Injectable()
export class HttpMetrics {
  private readonly requests;
  private readonly seconds;
  /** As they are labelled, by what they were registered as: worked out once, not for each request. */
  private readonly routes = new Map<string, string>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'vigia_http_requests_total',
      help: 'Requests answered, by the template of their route.',
      labelNames: ['route', 'method', 'status_class'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'vigia_http_request_seconds',
      help: 'From the arrival of a request to the end of its answer.',
      labelNames: ['route'],
      buckets: BUCKETS,
      registers,
    });
  }

  /** Must be called before routes are registered. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      const route = routeOf(url);
      this.routes.set(url, route);
      [method].flat().forEach((name) => {
        this.beginAtZero({ route, method: name });
      });
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      this.answered(request, reply);
      done();
    });
  }

  private answered({ method, is404, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    const known = is404 ? undefined : this.routes.get(routeOptions.url ?? '');
    const route = known ?? UNKNOWN_ROUTE;
    this.requests.inc({
      route,
      method: METHODS.has(method) ? method : OTHER_METHOD,
      status_class: `${Math.trunc(reply.statusCode / 100)}xx`,
    });
    if (!UNTIMED.has(route)) {
      this.seconds.observe({ route }, reply.elapsedTime / 1_000);
    }
  }

  private beginAtZero({ route, method }: Labels): void {
    if (METHODS.has(method) && route !== UNKNOWN_ROUTE) {
      CLASSES.forEach((status) => {
        this.requests.inc({ route, method, status_class: status }, 0);
      });
    }
  }
}

/** @param url as the route was registered */
function routeOf(url: string): string {
  if (DOCS.test(url)) {
    return DOCS_ROUTE;
  }
  return url.includes('*') ? UNKNOWN_ROUTE : url;
}
