import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { problemSchema } from '#platform/http/problem.js';

const MEANINGS = {
  400: 'The request cannot be read: JSON, content type, malformed id or cursor.',
  404: 'There is no such stream.',
  409: 'The camera already has an active stream; `activeStreamId` names it.',
  413: 'The body is larger than 64 KiB.',
  422: 'Values are wrong; `errors` names each.',
  500: 'A fault on our side; quote the `requestId`.',
  503: 'The database cannot be used right now; nothing was lost, see `Retry-After`.',
} as const;

/** Declares the problems that an operation can answer; 500 and 503 always can happen. */
export function ApiProblems(...statuses: (keyof typeof MEANINGS)[]): MethodDecorator {
  return applyDecorators(
    ...[...statuses, 500 as const, 503 as const].map((status) =>
      ApiResponse({
        status,
        description: MEANINGS[status],
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      }),
    ),
  );
}

/** The component that those references point to. */
export const PROBLEM_SCHEMA = problemSchema;
