import { describe, expect, it } from '@jest/globals';

import { aProblem } from '#test/support/cli/fake-vigia-api.js';

import { ApiRefused, ApiUnreachable, NotTheApi, WrongUsage } from './api/failures.js';
import { exitCodeOf, linesOf, problemOf } from './failure-report.js';

const unreachable = new ApiUnreachable('http://vigia', 'ECONNREFUSED');

describe('a failure', () => {
  it.each([
    [new ApiRefused(aProblem()), 1],
    [new NotTheApi('http://vigia', 418), 1],
    [new Error('disk full'), 1],
    ['no error at all', 1],
    [new WrongUsage('Name a camera.'), 2],
    [unreachable, 3],
  ])('%s ends the command with %d', (failure, code) => {
    expect(exitCodeOf(failure)).toBe(code);
  });

  it('is told with each wrong value, and without a request id when the caller can help himself', () => {
    const problem = aProblem({
      status: 422,
      detail: 'Values are wrong.',
      errors: [{ pointer: '/cameraId', message: 'must be letters' }],
    });
    expect(linesOf(new ApiRefused(problem))).toEqual([
      'Values are wrong.',
      '  /cameraId: must be letters',
    ]);
  });

  it('of the API names the request to quote', () => {
    const problem = aProblem({ status: 503, detail: 'Not now.', requestId: 'req-7' });
    expect(linesOf(new ApiRefused(problem))).toEqual(['Not now.', '  request id: req-7']);
  });

  it('to reach the API asks whether its address is right', () => {
    expect(linesOf(unreachable)).toEqual([
      'The API at http://vigia cannot be reached: ECONNREFUSED.',
      '  Is --api, or VIGIA_API_URL, right?',
    ]);
  });

  it('of several lines stays several lines', () => {
    expect(linesOf(new WrongUsage('two faults:\n  a\n  b'))).toHaveLength(3);
  });

  it('is the document of the API for programs, and one in its shape where there is none', () => {
    const problem = aProblem();
    expect(problemOf(new ApiRefused(problem))).toBe(problem);
    expect(problemOf(unreachable)).toEqual({
      type: 'urn:vigia:problem:cli.api_unreachable',
      title: 'API Unreachable',
      detail: unreachable.message,
      code: 'cli.api_unreachable',
    });
    expect(problemOf(new WrongUsage('x')).code).toBe('cli.wrong_usage');
    expect(problemOf(new NotTheApi('http://vigia', null)).code).toBe('cli.not_the_api');
    expect(problemOf('x')).toMatchObject({ code: 'cli.failed', detail: 'x' });
  });
});
