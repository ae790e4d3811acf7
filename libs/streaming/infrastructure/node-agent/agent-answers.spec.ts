import { describe, expect, it } from '@jest/globals';

import { decodePokes, decodeReport } from './agent-answers.js';

const REPORT = {
  now: '2026-11-27T16:54:31.000Z',
  version: 'v1.20.1',
  child: { pid: 7, startedAt: '2026-11-27T16:50:00.000Z', restarts: 0, lastExit: null },
  wantedRevision: '1-abc',
  bootRevision: null,
  leftOut: [{ path: 'cam/b', problem: 'MediaMTX refuses it' }],
  errors: { 'cam/a': { code: 'SOURCE_REFUSED', at: '2026-11-27T16:54:26.000Z', count: 2 } },
};

describe('a report', () => {
  it('is turned into ages, by the clock of the agent alone', () => {
    expect(decodeReport(JSON.stringify(REPORT))).toEqual({
      kind: 'complete',
      childStartedAt: '2026-11-27T16:50:00.000Z',
      wantedRevision: '1-abc',
      leftOut: ['cam/b'],
      faults: new Map([
        ['cam/a', { code: 'SOURCE_REFUSED', ageMs: 5_000, mark: '2026-11-27T16:54:26.000Z 2' }],
      ]),
    });
  });

  it('of a MediaMTX that is down, and of nothing that is wanted, is one', () => {
    const child = { pid: null, startedAt: null, restarts: 3, lastExit: null };
    const text = JSON.stringify({ ...REPORT, child, wantedRevision: null });
    expect(decodeReport(text)).toMatchObject({ childStartedAt: null, wantedRevision: null });
  });

  it.each([
    ['no JSON', '<html>'],
    ['cut short', JSON.stringify(REPORT).slice(0, -1)],
    ['of an agent that says no time', JSON.stringify({ ...REPORT, now: undefined })],
    ['of another shape', JSON.stringify({ ...REPORT, errors: [] })],
  ])('is none when it is %s', (_, text) => {
    expect(decodeReport(text)).toBeNull();
  });
});

describe('pokes', () => {
  it('are taken whatever they are called', () => {
    const pokes = [{ kind: 'of a later version', path: 'cam/a', more: 1 }];
    expect(decodePokes(JSON.stringify({ seq: 8, pokes }))).toEqual({
      kind: 'complete',
      seq: 8,
      pokes: [{ kind: 'of a later version', path: 'cam/a' }],
    });
  });

  it('are none without a number', () => {
    expect(decodePokes('{"pokes":[]}')).toBeNull();
  });
});
