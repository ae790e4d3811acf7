import { type FastifyInstance } from 'fastify';

import { requestPath } from './request-path.js';

interface Route {
  readonly pattern: RegExp;
  /** Without parameters: `/streams/start` is not the stream called `start`. */
  readonly isExact: boolean;
  readonly methods: readonly string[];
}

/** Knows which methods a URL has, so that a wrong one is told apart from an unknown route. */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Must be called before routes are registered. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat();
      this.routes.push({ pattern: patternOf(url), isExact: !/[:*]/.test(url), methods });
    });
  }

  /** Empty when nothing at all is served there. */
  methodsOf(url: string): string[] {
    const path = requestPath(url);
    const all = this.routes.filter(({ pattern }) => pattern.test(path));
    const exact = all.filter(({ isExact }) => isExact);
    const matching = exact.length > 0 ? exact : all;
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
  }
}

function patternOf(route: string): RegExp {
  const segments = route.split('/').map((segment) => {
    if (segment.startsWith(':')) {
      return '[^/]+';
    }
    return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`);
}
