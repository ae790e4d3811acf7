/** The ETag of a stream is its generation: a flapping camera must not make edits impossible. */
import { ApiHeader } from '@nestjs/swagger';

import { type EntityTags } from '#platform/http/if-match.js';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord } from '../domain/ports/stream-repository.js';

/** As a response header is described. */
export const ETAG = {
  description: 'The generation: it changes when something else is asked for.',
  schema: { type: 'string' as const, example: '"1"' },
};

export function etagOf({ generation }: Pick<StreamRecord, 'generation'>): string {
  return `"${generation}"`;
}

/** As we write it: `"03"` is no tag of ours. The database compares 32 bits. */
const GENERATION = /^[1-9]\d{0,8}$/;

/** A tag that is none of ours matches nothing. */
export function generationsOf(tags: EntityTags): ExpectedGenerations {
  return tags?.filter((tag) => GENERATION.test(tag)).map(Number) ?? null;
}

export function ApiIfMatch(required: boolean): MethodDecorator & ClassDecorator {
  return ApiHeader({
    name: 'If-Match',
    required,
    description: 'Only if the stream still has this ETag, or one of these; * for any.',
    schema: { type: 'string', example: '"1"' },
  });
}
