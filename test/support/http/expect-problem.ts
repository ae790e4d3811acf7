/** What every refusal looks like, and what none may hold. */
import { expect } from '@jest/globals';

import { type ApiAnswer, type Problem } from '#test/support/api/api-client.js';
import { CANARY } from '../canary/canary.mjs';

export interface ExpectedProblem {
  readonly status: number;
  readonly code: string;
  /** Of `errors`, in this order; absent: there must be none. */
  readonly pointers?: readonly string[];
}

const STACK = /\bat .+[(:]\d+|node_modules|\.(?:js|ts):\d+/;
const SQL = /\b(?:SELECT|INSERT INTO|UPDATE|relation|column|SQLSTATE|syntax error)\b/;
const ZOD = /Invalid input|expected one of|Too (?:big|small)/;

export function expectProblem(answer: ApiAnswer<unknown>, expected: ExpectedProblem): Problem {
  const problem = answer.body as Problem;
  expect([answer.status, problem]).toMatchObject([
    expected.status,
    {
      status: expected.status,
      code: expected.code,
      type: `urn:vigia:problem:${expected.code}`,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.any(String),
    },
  ]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
  expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(expected.pointers);
  expectHarmless(problem);
  return problem;
}

function expectHarmless(problem: Problem): void {
  const text = JSON.stringify(problem);
  for (const leak of [CANARY, STACK, SQL, ZOD]) {
    expect(text).not.toMatch(leak);
  }
  // Whatever was sent, what comes back can be read by a person.
  expect(text.length).toBeLessThan(20_000);
}
