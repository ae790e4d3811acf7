/**
 * The HTTP server: bounded in size and in time, JSON only, and with an id for each request.
 */
import { type IncomingMessage } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { v4 as uuidv4 } from 'uuid';

import { problemOf } from './problem.js';

/** A start is a few hundred bytes; more than this is no start. */
const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export function createFastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // Node looks at slow clients only every 30 s unless told otherwise: all three, or none works.
    requestTimeout: 10_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: 'idle',
    // While draining, requests on open connections are still answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 128 },
    genReqId,
    frameworkErrors: answerBadUrl,
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  acceptJsonOnly(fastify as never);
  return adapter as unknown as FastifyAdapter;
}

/** Also written to the raw request, where the logger reads it. */
function genReqId(request: IncomingMessage & { id?: string }): string {
  const given = request.headers['x-request-id'];
  request.id = typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv4();
  return request.id;
}

/** Refused before there is a route, so the filter never sees it. */
function answerBadUrl(
  error: Error & { code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const fault = {
    status: error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 414 : 400,
    code: 'request.malformed_url',
    detail: 'The URL is too long or holds a broken percent-encoding.',
  };
  reply
    .status(fault.status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(fault, request)));
}

interface ParserHost {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: RegExp,
    options: { parseAs: 'string' },
    parse: (
      request: unknown,
      body: string,
      done: (err: Error | null, value?: unknown) => void,
    ) => void,
  ): void;
  getDefaultJsonParser(
    proto: 'error',
    constructor: 'error',
  ): (request: unknown, body: string, done: (err: Error | null, value?: unknown) => void) => void;
}

/** An empty body is no body, whatever its type says: many clients always send the header. */
function acceptJsonOnly(fastify: ParserHost): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') {
        done(null, undefined);
      } else {
        parse(request, body, done);
      }
    },
  );
}
