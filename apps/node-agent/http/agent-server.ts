import { randomUUID } from 'node:crypto';

import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { z } from 'zod';

import { type Fault, problemOf } from '#platform/http/problem.js';

import { type AgentLog } from '../agent-log.js';
import { type PokeLog, type Pokes } from '../pokes/poke-log.js';
import { type Accepted } from '../node-configuration.js';
import { type WantedSet } from '../wanted/wanted-set.js';
import { isAuthorized } from './authorization.js';
import { BUSY, Refusal, UNAUTHENTICATED, UNKNOWN_ROUTE, faultOf, invalid } from './refusal.js';

export interface AgentServices {
  readonly token: string;
  readonly schema: z.ZodType<WantedSet>;
  readonly put: (wanted: WantedSet) => Promise<Accepted>;
  readonly isBusy: () => boolean;
  readonly report: () => object;
  readonly pokes: PokeLog;
  readonly log: AgentLog;
}

/** Ten thousand paths with long sources are a tenth of it. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
const LONGEST_WAIT_MS = 25_000;
/** Each replica of Vigia waits once. */
const MOST_WAITERS = 64;

const whole = (most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().max(most));
const pokesQuery = z.object({
  after: whole(Number.MAX_SAFE_INTEGER).optional(),
  waitMs: whole(LONGEST_WAIT_MS).default(0),
});

/** Only Vigia calls it: JSON in and out, a token for everything, bounded in size and in time. */
export function agentServer(services: AgentServices): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    // Node looks at slow clients only every 30 s unless told otherwise: all three, or none works.
    requestTimeout: 30_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
  });
  server.addHook('onRequest', (request, _reply, next) => {
    // Before the body is read: who is not known makes us read nothing.
    const isKnown = isAuthorized(request.headers.authorization, services.token);
    next(isKnown ? undefined : new Refusal(UNAUTHENTICATED));
  });
  server.setNotFoundHandler((request, reply) => refuse(UNKNOWN_ROUTE, request, reply));
  server.setErrorHandler((err, request, reply) => {
    const fault = faultOf(err);
    if (fault.status === 500) services.log.error({ err, requestId: request.id }, 'request failed');
    return refuse(fault, request, reply);
  });
  server.put('/v1/wanted', (request) => putWanted(services, request));
  server.get('/v1/report', () => services.report());
  server.get('/v1/pokes', (request, reply) => nextPokes(services, request, reply));
  return server;
}

function refuse(fault: Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (fault.status === 401) reply.header('www-authenticate', 'Bearer');
  if (fault.status === 503) reply.header('retry-after', 1);
  // Not as text: to that, Fastify would add a charset, which this type does not have.
  const body = Buffer.from(JSON.stringify(problemOf(fault, request)));
  return reply.status(fault.status).type('application/problem+json').send(body);
}

async function putWanted(services: AgentServices, request: FastifyRequest): Promise<Accepted> {
  const { data, error } = services.schema.safeParse(request.body);
  if (error !== undefined) throw invalid(error, 'body');
  if (services.isBusy()) throw new Refusal(BUSY);
  return services.put(data);
}

async function nextPokes(
  { pokes }: AgentServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Pokes> {
  const { data, error } = pokesQuery.safeParse(request.query);
  if (error !== undefined) throw invalid(error, 'query');
  // Who has no number yet is given one, to begin with.
  if (data.after === undefined) return pokes.now();
  if (pokes.waiters >= MOST_WAITERS) throw new Refusal(BUSY);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return pokes.next(data.after, data.waitMs, gone.signal);
}
