/** Bodies are JSON in UTF-8, and nothing else is read. */
import { isUtf8 } from 'node:buffer';

import { MalformedInput } from './invalid-input.js';

type Done = (err: Error | null, value?: unknown) => void;

export interface ParserHost {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: RegExp,
    options: { parseAs: 'buffer' },
    parse: (request: unknown, body: Buffer, done: Done) => void,
  ): void;
  getDefaultJsonParser(
    proto: 'error',
    constructor: 'error',
  ): (request: unknown, body: string, done: Done) => void;
}

/**
 * An empty body is no body, whatever its type says: many clients always send the header. Of a key that
 * stands twice the last one counts, as everywhere in JavaScript; it is what is checked and what is used.
 */
export function acceptJsonOnly(fastify: ParserHost): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/,
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0) {
        done(null, undefined);
      } else if (isUtf8(body)) {
        parse(request, body.toString('utf8'), done);
      } else {
        // Decoded all the same it would be stored with U+FFFD in it, which nobody has sent.
        done(new MalformedInput('request.malformed', 'The body is not valid UTF-8.'));
      }
    },
  );
}
