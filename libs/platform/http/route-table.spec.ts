import { beforeEach, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';

import { RouteTable } from './route-table.js';

const table = new RouteTable();

beforeEach(() => {
  const server = fastify({ exposeHeadRoutes: false });
  table.observe(server);
  server.get('/things', () => null);
  server.post('/things/start', () => null);
  server.get('/things/:id', () => null);
  server.delete('/things/:id', () => null);
  server.post('/things/:id/stop', () => null);
  server.get('/docs/*', () => null);
  server.get('/v1.0', () => null);
});

describe('RouteTable', () => {
  it.each<[string, string[]]>([
    ['/things', ['GET']],
    ['/things?limit=1', ['GET']],
    ['/things/7', ['DELETE', 'GET']],
    ['/things/7/stop', ['POST']],
    ['/things/start', ['POST']],
    ['/docs/a/b.js', ['GET']],
    ['/v1.0', ['GET']],
    ['/v1x0', []],
    ['/things/', []],
    ['/things/7/8', []],
    ['/other', []],
    ['/', []],
  ])('knows what is served at %s: %j', (url, methods) => {
    expect(table.methodsOf(url)).toEqual(methods);
  });
});
