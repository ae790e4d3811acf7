import { type z } from 'zod';

import { type Fault } from '#platform/http/problem.js';

/** An answer that is a problem document. */
export class Refusal extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}

export const UNAUTHENTICATED: Fault = {
  status: 401,
  code: 'agent.unauthenticated',
  detail: 'Send the token of this agent as Authorization: Bearer.',
};
export const UNKNOWN_ROUTE: Fault = {
  status: 404,
  code: 'request.unknown_route',
  detail: 'There is nothing here.',
};
export const BUSY: Fault = {
  status: 503,
  code: 'agent.busy',
  detail: 'Too many requests of this kind wait already; try again in a second.',
};
export const INTERNAL: Fault = {
  status: 500,
  code: 'internal',
  detail: 'Something went wrong here; the log of the agent says what.',
};
const TOO_LARGE: Fault = {
  status: 413,
  code: 'request.too_large',
  detail: 'The body is larger than 32 MiB.',
};
const MALFORMED: Fault = {
  status: 400,
  code: 'request.malformed',
  detail: 'This is no JSON that can be read.',
};

/** What the framework refuses has a status; anything else is our fault. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Refusal) return error.fault;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  if (statusCode === 413) return TOO_LARGE;
  return typeof statusCode === 'number' && statusCode < 500 ? MALFORMED : INTERNAL;
}

/** Enough to see what is wrong; a list of ten thousand helps nobody. */
const MOST_ERRORS = 20;

/** Names what is wrong and never a value: sources hold credentials. */
export function invalid(error: z.ZodError, what: 'body' | 'query'): Refusal {
  const errors = error.issues.slice(0, MOST_ERRORS).map(({ path, message }) => ({
    pointer:
      what === 'query' ? path.join('.') : path.map((part) => `/${escaped(String(part))}`).join(''),
    message,
  }));
  const detail = `The ${what} is not valid; errors says where.`;
  return new Refusal({
    status: 400,
    code: 'request.invalid',
    detail,
    extensions: { errors },
  });
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
