/** The problems that operations can answer, each described once and with an example. */
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { type Fault, type Problem, problemOf } from '#platform/http/problem.js';

import { EXAMPLE_ID } from './stream.examples.js';

interface Described {
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
    meaning: 'The request cannot be read: JSON, content type, malformed id or cursor.',
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
} as const satisfies Record<number, Described>;

type ProblemStatus = keyof typeof PROBLEMS;

/** Declares the problems that an operation can answer; 500 and 503 always can happen. */
export function ApiProblems(...statuses: ProblemStatus[]): MethodDecorator {
  return applyDecorators(
    ...[...statuses, 500 as const, 503 as const].map((status) =>
      ApiResponse({
        status,
        description: PROBLEMS[status].meaning,
        content: { 'application/problem+json': contentOf(status) },
        ...(status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
      }),
    ),
  );
}

const RETRY_AFTER = { description: 'Seconds.', schema: { type: 'integer' as const } };

function contentOf(status: ProblemStatus): object {
  const { name } = PROBLEMS[status];
  return {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: { [name]: { $ref: `#/components/examples/${name}` } },
  };
}

/** The components that those references point to. */
export function problemExamples(): Record<string, { summary: string; value: Problem }> {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, { name, meaning, url, example }]) => {
      const request = { url, id: '9ddb6434-2aac-4c8d-a332-484127a2c16c' };
      const value = problemOf({ status: Number(status), ...example }, request);
      return [name, { summary: meaning, value }];
    }),
  );
}
