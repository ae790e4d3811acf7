import { Injectable } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';

import { Clock } from '#kernel/clock.js';

import { requestPath } from './request-path.js';

/**
 * How long nobody asks for anything until nobody is expected to. Too low: a load balancer that has
 * not yet heard that we leave sends a request into a closing connection. Too high: an end drags on.
 */
const QUIET_MS = 500;

/** Probes go on for as long as there is somebody to answer them. */
const PROBES = /^\/health(?:\/|$)/;

/** Tells the whole process that it is about to end: no new waiting, not ready any more. */
@Injectable()
export class Drain {
  private readonly controller = new AbortController();
  private lastRequestMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isDraining(): boolean {
    return this.controller.signal.aborted;
  }

  begin(): void {
    this.lastRequestMs = this.clock.monotonicMs();
    this.controller.abort();
  }

  /** Must be called before routes are registered. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (!PROBES.test(requestPath(request.url))) {
        this.lastRequestMs = this.clock.monotonicMs();
      }
      if (this.isDraining) {
        // Whoever keeps this connection for later finds out now, and not by an error.
        reply.header('connection', 'close');
      }
      done();
    });
  }

  /** Resolves when no request has come for a while, or after `ms`. */
  async quiet(ms: number): Promise<void> {
    const endMs = this.clock.monotonicMs() + ms;
    for (;;) {
      const waitMs = Math.min(this.lastRequestMs + QUIET_MS, endMs) - this.clock.monotonicMs();
      if (waitMs <= 0) {
        return;
      }
      await this.clock.delay(waitMs);
    }
  }
}
