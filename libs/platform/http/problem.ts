/** RFC 9457 problem documents: the one shape of every error outside /health. */
import { z } from 'zod';

import { type AppErrorKind } from '#kernel/app-error.js';

import { shownPath } from './request-path.js';

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string().meta({ description: 'The same for every problem of this kind.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What happened this time, and what to do.' }),
    instance: z.string().meta({ description: 'The path that was asked for.' }),
    code: z.string().meta({
      description: 'Stable; for programs to decide on. An open set.',
      examples: ['stream.camera_busy'],
    }),
    requestId: z
      .string()
      .meta({ description: 'The X-Request-Id of this exchange; quote it in reports.' }),
    errors: z
      .array(
        z
          .object({
            pointer: z
              .string()
              .meta({ description: 'JSON Pointer into the body, or the name of a parameter.' }),
            message: z.string(),
          })
          .meta({ id: 'InvalidValue' }),
      )
      .optional()
      .meta({ description: 'One entry per invalid value.' }),
    activeStreamId: z
      .uuid()
      .optional()
      .meta({ description: 'With stream.camera_busy: the active stream.' }),
    generation: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'With stream.precondition_failed: that of the stream now.' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 describes it.' });

export type Problem = z.output<typeof problemSchema>;

/** The one place where an error kind becomes an HTTP status. */
export const STATUS_OF_KIND: Readonly<Record<AppErrorKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  precondition_required: 428,
  unavailable: 503,
  internal: 500,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function problemOf(fault: Fault, request: { url: string; id: string }): Problem {
  return {
    type: `urn:vigia:problem:${fault.code}`,
    title: TITLES[fault.status] ?? 'Error',
    status: fault.status,
    detail: fault.detail,
    instance: shownPath(request.url),
    code: fault.code,
    requestId: request.id,
    ...fault.extensions,
  };
}
