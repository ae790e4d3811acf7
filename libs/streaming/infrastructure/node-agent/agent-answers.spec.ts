import { describe, expect, it } from '@jest/globals';

import { decodePokes, decodeReport } from './agent-answers.js';

const ERROR = {
  code: 'SOURCE_REFUSED',
  at: '2026-11-27T16:54:26.000Z',
  count: 2,
  ageMs: 5_000,
  isOver: false,
};
const REPORT = {
  version: 'v1.20.1',
  child: { pid: 7, startedAt: '2026-11-27T16:50:00.000Z', restarts: 0, lastExit: null },
  wantedRevision: '1-abc',
  bootRevision: null,
  leftOut: [{ path: 'cam/b', problem: 'MediaMTX refuses it' }],
  errors: { 'cam/a': ERROR },
};

describe('a report', () => {
  it('tells each failure by its instant and number', () => {
    expect(decodeReport(JSON.stringify(REPORT))).toEqual({
      kind: 'complete',
      childStartedAt: '2026-11-27T16:50:00.000Z',
      wantedRevision: '1-abc',
      leftOut: ['cam/b'],
      faults: new Map([
        [
          'cam/a',
          {
            code: 'SOURCE_REFUSED',
            ageMs: 5_000,
            isOver: false,
            mark: '2026-11-27T16:54:26.000Z 2',
          },
        ],
      ]),
    });
  });

  it.each(['MEDIAMTX_REJECTED', 'SOURCE_CHANGED', 'A\u0000B', ''])(
    'names no cause with the word %j',
    (code) => {
      const text = JSON.stringify({ ...REPORT, errors: { 'cam/a': { ...ERROR, code } } });
      expect(decodeReport(text)?.faults.get('cam/a')?.code).toBe('SOURCE_NO_MEDIA');
    },
  );

  it('of a MediaMTX that is down, and of nothing that is wanted, is one', () => {
    const child = { pid: null, startedAt: null, restarts: 3, lastExit: null };
    const text = JSON.stringify({ ...REPORT, child, wantedRevision: null });
    expect(decodeReport(text)).toMatchObject({ childStartedAt: null, wantedRevision: null });
  });

  it.each([
    ['no JSON', '<html>'],
    ['cut short', JSON.stringify(REPORT).slice(0, -1)],
    [
      'of an agent that counts no ages',
      JSON.stringify({ ...REPORT, errors: { 'cam/a': { ...ERROR, ageMs: undefined } } }),
    ],
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
