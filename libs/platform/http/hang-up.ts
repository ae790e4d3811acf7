import { type FastifyReply } from 'fastify';

/** Aborts when the caller closes the connection before the answer. */
export function hangUp(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Of the answer and not of the socket, which lives on and would collect a listener per request.
  reply.raw.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}
