/**
 * The HTTP server: bounded in size and in time, JSON only, and with an id for each request.
 */
import { type IncomingMessage } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { v4 as uuidv4 } from 'uuid';

import { acceptJsonOnly } from './json-body.js';
import { problemOf } from './problem.js';
import { answerUnreadable } from './unreadable-request.js';

/** A start is a few hundred bytes; more than this is no start. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** As much as Node takes of a URL: it is the id's own check that says what is wrong with an id. */
const MAX_PARAM_LENGTH = 16 * 1024;
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
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId,
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerUnreadable,
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
function answerBadUrl(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const fault = {
    status: 400,
    code: 'request.malformed_url',
    detail: 'The URL holds a % that is not followed by two hexadecimal digits of UTF-8 text.',
  };
  reply
    .status(fault.status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(fault, request)));
}
