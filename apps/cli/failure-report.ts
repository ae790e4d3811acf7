/** How a failure is told: in words to people, as a problem document to programs. */
import { type Problem } from '#api-client/client.js';

import { ApiRefused, ApiUnreachable, NotTheApi, WrongUsage } from './api/failures.js';
import { EXIT, type ExitCode } from './exit-codes.js';

export function exitCodeOf(failure: unknown): ExitCode {
  if (failure instanceof ApiUnreachable) {
    return EXIT.unreachable;
  }
  return failure instanceof WrongUsage ? EXIT.wrongUsage : EXIT.failed;
}

/** What it is, each wrong value, and for a fault of the API what to quote in a report. */
export function linesOf(failure: unknown): string[] {
  if (failure instanceof ApiUnreachable) {
    return [failure.message, '  Is --api, or VIGIA_API_URL, right?'];
  }
  if (!(failure instanceof ApiRefused)) {
    return messageOf(failure).split('\n');
  }
  const { detail, errors = [], status, requestId } = failure.problem;
  return [
    detail,
    ...errors.map(({ pointer, message }) => `  ${pointer}: ${message}`),
    ...(status >= 500 ? [`  request id: ${requestId}`] : []),
  ];
}

/** The API's own document, or one in its shape for what never came from the API. */
export function problemOf(failure: unknown): Partial<Problem> {
  if (failure instanceof ApiRefused) {
    return failure.problem;
  }
  const code = codeOf(failure);
  return {
    type: `urn:vigia:problem:${code}`,
    title: TITLES[code],
    detail: messageOf(failure),
    code,
  };
}

const TITLES = {
  'cli.api_unreachable': 'API Unreachable',
  'cli.not_the_api': 'Not The API',
  'cli.wrong_usage': 'Wrong Usage',
  'cli.failed': 'Failed',
} as const;

function codeOf(failure: unknown): keyof typeof TITLES {
  if (failure instanceof ApiUnreachable) return 'cli.api_unreachable';
  if (failure instanceof NotTheApi) return 'cli.not_the_api';
  return failure instanceof WrongUsage ? 'cli.wrong_usage' : 'cli.failed';
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
