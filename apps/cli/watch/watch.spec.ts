import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeVigiaApi, aProblem, aStreamBody } from '#test/support/cli/fake-vigia-api.js';
import { NOW, Typed } from '#test/support/cli/typed.js';
import { eventually } from '#test/support/eventually.js';

import { ApiRefused, ApiUnreachable } from '../api/failures.js';

const PATIENT = { timeoutMs: 20_000 };
const AT = NOW.toISOString();

describe('streams watch', () => {
  let api: FakeVigiaApi;
  let watching: Typed;

  beforeEach(() => {
    api = new FakeVigiaApi();
  });
  afterEach(async () => {
    watching.interrupt();
    await watching.code;
  });

  function watch(...args: string[]): void {
    watching = new Typed(['streams', 'watch', '--interval', '0.1', ...args], { api });
  }

  function saysOut(lines: string[]): Promise<void> {
    return eventually(() => {
      expect(watching.lines).toEqual(lines);
    }, PATIENT);
  }

  function saysErr(lines: string[]): Promise<void> {
    return eventually(() => {
      expect(watching.err.text.trimEnd().split('\n')).toEqual(lines);
    }, PATIENT);
  }

  it('tells how active streams are, each change, the end of one, and ends with 0', async () => {
    const old = aStreamBody({ id: '0', status: 'STOPPED', health: 'STOPPED' });
    api.has(aStreamBody({ id: '1' }), old);
    watch();
    const first = `${AT}  gate-3  RUNNING  HEALTHY  1`;
    await saysOut([first]);

    api.change('1', { reason: 'RECONNECTING', health: 'DEGRADED' });
    const second = `${AT}  gate-3  RUNNING → RUNNING (RECONNECTING)  HEALTHY → DEGRADED  1`;
    await saysOut([first, second]);

    api.change('1', { status: 'STOPPED', reason: null, health: 'STOPPED' });
    const third = `${AT}  gate-3  RUNNING (RECONNECTING) → STOPPED  DEGRADED → STOPPED  1`;
    await saysOut([first, second, third]);

    watching.interrupt();
    expect(await watching.code).toBe(0);
    expect(watching.err.text).toBe('');
  });

  it('tells it to programs as one object a line', async () => {
    api.has(aStreamBody({ id: '1' }), aStreamBody({ id: '2', cameraId: 'other' }));
    watch('--json', '--camera', 'gate-3');
    await eventually(() => {
      expect(watching.json).toEqual({
        at: AT,
        id: '1',
        cameraId: 'gate-3',
        from: null,
        to: { status: 'RUNNING', reason: null, health: 'HEALTHY' },
      });
    }, PATIENT);
  });

  it.each([
    ['nobody answers', new ApiUnreachable('http://vigia', 'ECONNREFUSED')],
    ['its database is away', new ApiRefused(aProblem({ status: 503, detail: 'Not now.' }))],
  ])('says once that %s, and once that it is back', async (_name, failure) => {
    api.has(aStreamBody({ id: '1' }));
    watch('1');
    await saysOut([`${AT}  gate-3  RUNNING  HEALTHY  1`]);

    api.failure = failure;
    const away = `vigia: ${failure.message} Still trying.`;
    await saysErr([away]);
    api.change('1', { health: 'UNKNOWN' });
    api.failure = null;
    await saysErr([away, 'vigia: The API answers again.']);
    expect(watching.lines).toHaveLength(2);
  });

  it('does not begin with an API that is not there, nor with a stream that is not', async () => {
    watch('1');
    expect(await watching.code).toBe(1);
    expect(watching.err.text).toBe('vigia: There is no such stream.\n');
    api.failure = new ApiUnreachable('http://vigia', 'ECONNREFUSED');
    watch('--json');
    expect(await watching.code).toBe(3);
    expect(JSON.parse(watching.err.text)).toMatchObject({ code: 'cli.api_unreachable' });
  });
});
