/**
 * `If-Match` of RFC 9110: "only if it is still what I have seen". Compared strongly, so that a weak
 * tag never matches.
 *
 * Where it is required, a request without it is refused in `onRequest`, before its body is even read:
 * whoever forgets it learns of nothing else first.
 */
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';

import { AppError } from '#kernel/app-error.js';

import { MalformedInput } from './invalid-input.js';

/** Without their quotes; null for `*` and for no header at all. */
export type EntityTags = readonly string[] | null;

export class IfMatchRequired extends AppError {
  constructor() {
    super(
      'precondition_required',
      'request.if_match_required',
      'Say with If-Match what this change is based on: the ETag of the stream as you have read it, such as "3", or * for any.',
    );
  }
}

/** A tag or nothing, up to the next comma or the end; no run of blanks has two places to match. */
const MEMBER = /[ \t]*(?:(?<weak>W\/)?"(?<tag>[\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/gy;

/** @throws MalformedInput */
export function parseIfMatch(header: string | undefined): EntityTags {
  if (header === undefined || header.trim() === '*') {
    return null;
  }
  const members = [...header.matchAll(MEMBER)];
  const read = members.reduce((length, [member]) => length + member.length, 0);
  const tags = members.flatMap(({ groups: { weak, tag } = {} }) =>
    tag === undefined ? [] : [{ tag, isWeak: weak !== undefined }],
  );
  if (read !== header.length || tags.length === 0) {
    throw new MalformedInput(
      'request.malformed_if_match',
      'If-Match must be * or tags in double quotes, as the ETag of the stream said: "3"',
      'If-Match',
    );
  }
  return tags.filter(({ isWeak }) => !isWeak).map(({ tag }) => tag);
}

/** The tags of a request: `EntityTags`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): EntityTags =>
  parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

interface Config {
  readonly needsIfMatch?: boolean;
}

/** Marks a route that is not asked without `If-Match`. */
export const RequiresIfMatch = (): MethodDecorator =>
  RouteConfig({ needsIfMatch: true } satisfies Config);

/** Must be called before routes are registered. */
export function refuseWithoutIfMatch(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { needsIfMatch = false } = request.routeOptions.config as Config;
    const isMissing = needsIfMatch && request.headers['if-match'] === undefined;
    done(isMissing ? new IfMatchRequired() : undefined);
  });
}
