/** The problems that operations can answer, each described once and with an example. */
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { type Fault, type Problem, problemOf } from '#platform/http/problem.js';

import { EXAMPLE_ID } from './stream.examples.js';

interface Described {
  /** Where a status has more than one meaning, and so stands under a word. */
  readonly status?: number;
  /** Under which the example stands in the document. */
  readonly name: string;
  readonly meaning: string;
  readonly url: string;
  readonly example: Omit<Fault, 'status'>;
}

const START = '/api/streams/start';
const STREAM = `/api/streams/${EXAMPLE_ID}`;

const PROBLEMS = {
  400: {
    name: 'Malformed',
    meaning: 'The request cannot be read: JSON, content type, malformed id, cursor or If-Match.',
    url: START,
    example: { code: 'request.malformed', detail: 'The body is not valid JSON.' },
  },
  404: {
    name: 'NotFound',
    meaning: 'There is no such stream.',
    url: STREAM,
    example: { code: 'stream.not_found', detail: `There is no stream with the id ${EXAMPLE_ID}.` },
  },
  409: {
    name: 'CameraBusy',
    meaning: 'The camera already has an active stream; `activeStreamId` names it.',
    url: START,
    example: {
      code: 'stream.camera_busy',
      detail: `Camera gate-3 already has an active stream, ${EXAMPLE_ID}. Use that one, or stop it first.`,
      extensions: { activeStreamId: EXAMPLE_ID },
    },
  },
  stopped: {
    status: 409,
    name: 'StreamStopped',
    meaning: 'The stream is stopped, for good; start its camera again.',
    url: STREAM,
    example: {
      code: 'stream.stopped',
      detail: `Stream ${EXAMPLE_ID} is stopped, for good. Start its camera again: that makes a new stream with the same URLs.`,
    },
  },
  412: {
    name: 'PreconditionFailed',
    meaning: 'The `generation` of the stream is none that If-Match names; nothing was changed.',
    url: STREAM,
    example: {
      code: 'stream.precondition_failed',
      detail:
        'Nothing was changed: the generation of the stream is 3 by now, which If-Match does not name. GET it again, and decide again.',
      extensions: { generation: 3 },
    },
  },
  413: {
    name: 'TooLarge',
    meaning: 'The body is larger than 64 KiB.',
    url: START,
    example: { code: 'request.too_large', detail: 'The body is larger than 64 KiB.' },
  },
  422: {
    name: 'Invalid',
    meaning: 'Values are wrong; `errors` names each.',
    url: START,
    example: {
      code: 'request.invalid',
      detail: 'The request holds invalid values; see errors.',
      extensions: { errors: [{ pointer: '/source', message: 'must use a port from 1 to 65535' }] },
    },
  },
  428: {
    name: 'IfMatchRequired',
    meaning: 'There is no If-Match; nothing else of the request was looked at.',
    url: STREAM,
    example: {
      code: 'request.if_match_required',
      detail:
        'Say with If-Match what this change is based on: the ETag of the stream as you have read it, such as "3", or * for any.',
    },
  },
  500: {
    name: 'Internal',
    meaning: 'A fault on our side; quote the `requestId`.',
    url: STREAM,
    example: { code: 'internal', detail: 'Something went wrong on our side.' },
  },
  503: {
    name: 'Unavailable',
    meaning:
      'Not possible right now, most often since the database does not answer; nothing was lost, see `Retry-After`.',
    url: STREAM,
    example: {
      code: 'database.unavailable',
      detail:
        'The database cannot be used right now. Nothing was lost; try again in a few seconds.',
    },
  },
  full: {
    status: 503,
    name: 'NoRoom',
    meaning: 'Every node is full, and nothing was started.',
    url: START,
    example: {
      code: 'node.no_room',
      detail:
        'Every node is full, and nothing was started. Stop a stream, add a node, or raise the capacity of one; GET /api/nodes shows how full they are.',
    },
  },
} as const satisfies Record<number | string, Described>;

type ProblemKey = keyof typeof PROBLEMS;

/** Declares the problems that an operation can answer; 500 and 503 always can happen. */
export function ApiProblems(...keys: ProblemKey[]): MethodDecorator {
  const all: readonly ProblemKey[] = [...keys, 500, 503];
  const statuses = [...new Set(all.map(statusOf))];
  return applyDecorators(
    ...statuses.map((status) => {
      const meanings = all.filter((key) => statusOf(key) === status);
      return ApiResponse({
        status,
        description: meanings.map((key) => PROBLEMS[key].meaning).join(' Or: '),
        content: { 'application/problem+json': contentOf(meanings) },
        ...(status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
      });
    }),
  );
}

function statusOf(key: ProblemKey): number {
  const { status = Number(key) }: Described = PROBLEMS[key];
  return status;
}

const RETRY_AFTER = { description: 'Seconds.', schema: { type: 'integer' as const } };

function contentOf(keys: readonly ProblemKey[]): object {
  const names = keys.map((key) => PROBLEMS[key].name);
  return {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/examples/${name}` }]),
    ),
  };
}

/** The components that those references point to. */
export function problemExamples(): Record<string, { summary: string; value: Problem }> {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([key, { name, meaning, url, example }]) => {
      const request = { url, id: '9ddb6434-2aac-4c8d-a332-484127a2c16c' };
      const value = problemOf({ status: statusOf(key as ProblemKey), ...example }, request);
      return [name, { summary: meaning, value }];
    }),
  );
}
