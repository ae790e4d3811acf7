import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  type Probing,
  type SourceFault,
  UNASKED,
  answered,
  asked,
  causeOf,
  dialled,
  isTelling,
  probeInMs,
  sawMedia,
  sawNoPath,
  sawSilence,
  told,
  unanswered,
} from './probing.js';
import { type SourceReport } from './source-report.js';

const REFUSED: SourceReport = { kind: 'failed', code: 'SOURCE_REFUSED' };
const UNKNOWN_PATH: SourceReport = { kind: 'failed', code: 'SOURCE_NOT_FOUND' };
const WRONG_PASSWORD: SourceReport = { kind: 'failed', code: 'SOURCE_AUTH_FAILED' };
const REACHABLE: SourceReport = { kind: 'reachable', tracks: [] };

const silent = sawSilence(UNASKED, false, 0);
const answer = (
  probing: Probing,
  report: SourceReport,
  time: { nowMs?: number; random?: number } = {},
): Probing => answered(asked(probing), report, { nowMs: 3_000, random: 1, ...time });

describe('when a camera is asked', () => {
  it('is 3 s after its path was first seen silent', () => {
    expect(probeInMs(sawSilence(silent, false, 2_000), 2_000)).toBe(1_000);
    expect(probeInMs(sawSilence(silent, false, 3_000), 3_000)).toBe(0);
  });

  it('counts from the apply, and anew from each', () => {
    const applied = dialled(UNASKED, 1_000);
    expect(probeInMs(sawSilence(applied, false, 2_000), 2_000)).toBe(2_000);
    expect(probeInMs(dialled(silent, 2_900), 3_000)).toBe(2_900);
  });

  it('is never while media flows, while there is no path, or while it is being asked', () => {
    expect(probeInMs(sawMedia(silent, 1_000), 60_000)).toBeNull();
    expect(probeInMs(sawNoPath(silent), 60_000)).toBeNull();
    expect(probeInMs(asked(silent), 60_000)).toBeNull();
    expect(probeInMs(unanswered(asked(silent)), 60_000)).toBe(0);
  });

  it('is ever more rarely, from at most 5 s to at most 5 min', () => {
    let probing = silent;
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      probing = answer(probing, UNKNOWN_PATH, { nowMs: 0 });
      waits.push(probing.nextAtMs / 1_000);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('is spread over the whole of that time', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), (random, probes) => {
        const { nextAtMs } = answer({ ...silent, probes }, UNKNOWN_PATH, { nowMs: 0, random });
        expect(nextAtMs).toBeCloseTo(random * Math.min(5_000 * 2 ** probes, 300_000));
      }),
    );
  });

  it('is soon again while nobody has answered: who comes back may refuse the password', () => {
    const codes = ['SOURCE_DNS', 'SOURCE_REFUSED', 'SOURCE_TIMEOUT', 'SOURCE_UNREACHABLE'] as const;
    for (const code of codes) {
      const late = answer({ ...silent, probes: 20 }, { kind: 'failed', code }, { nowMs: 0 });
      expect(late.nextAtMs).toBe(10_000);
    }
  });

  it('is never again once it has refused the password', () => {
    const probing = sawSilence(answer(silent, WRONG_PASSWORD, { random: 0 }), false, 4_000);
    expect(probeInMs(probing, Number.MAX_SAFE_INTEGER)).toBeNull();
  });

  it('is possible again after media has shown that the password is right by now', () => {
    const probing = sawMedia(answer(silent, WRONG_PASSWORD), 10_000);
    expect(probeInMs(sawSilence(probing, false, 17_000), 19_999)).toBeNull();
    expect(probeInMs(sawSilence(probing, false, 17_000), 20_000)).toBe(0);
  });

  it('starts over after a time of media, and not with each blip', () => {
    const thrice = { ...silent, probes: 3, nextAtMs: 50_000 };
    expect(sawMedia(thrice, 45_000)).toMatchObject({ probes: 3, nextAtMs: 50_000 });
    expect(sawMedia(thrice, 10_000)).toMatchObject({ probes: 3, nextAtMs: 20_000 });
    expect(sawMedia(thrice, 50_000)).toMatchObject({ probes: 0 });
  });
});

describe('why nothing comes', () => {
  it('is not known before somebody has asked', () => {
    expect(causeOf(silent)).toEqual({ code: 'SOURCE_NO_MEDIA', isAgreed: false });
  });

  it('is that it stalls when MediaMTX was connected meanwhile', () => {
    const connected = sawSilence(sawSilence(silent, true, 1_000), false, 2_000);
    expect(causeOf(connected).code).toBe('SOURCE_STALLED');
    expect(causeOf(answer(connected, REACHABLE)).code).toBe('SOURCE_STALLED');
    expect(causeOf(dialled(connected, 3_000)).code).toBe('SOURCE_NO_MEDIA');
  });

  it('is what the camera says', () => {
    expect(causeOf(answer(silent, REFUSED))).toEqual({ code: 'SOURCE_REFUSED', isAgreed: false });
  });

  it.each([REACHABLE, { kind: 'unknown' } as const])(
    'stays unknown when its answer explains nothing: $kind',
    (report) => {
      expect(causeOf(answer(silent, report)).code).toBe('SOURCE_NO_MEDIA');
    },
  );

  it('is agreed when two answers in a row say the same', () => {
    const twice = answer(answer(silent, REFUSED), REFUSED);
    expect(causeOf(twice)).toEqual({ code: 'SOURCE_REFUSED', isAgreed: true });
    expect(causeOf(answer(twice, REACHABLE))).toEqual({ code: 'SOURCE_NO_MEDIA', isAgreed: false });
  });

  it('is forgotten when media flows', () => {
    expect(causeOf(sawMedia(answer(silent, REFUSED), 4_000)).code).toBe('SOURCE_NO_MEDIA');
  });
});

describe('what the node tells', () => {
  const fault = (given: Partial<SourceFault> = {}): SourceFault => ({
    code: 'SOURCE_REFUSED',
    atMs: 1_000,
    mark: '1',
    ...given,
  });

  it('is the cause at once, agreed when told again, and nobody is asked meanwhile', () => {
    const once = told(silent, fault(), 1_000);
    expect(causeOf(once)).toEqual({ code: 'SOURCE_REFUSED', isAgreed: false });
    expect(probeInMs(once, 30_999)).toBeNull();
    const twice = told(once, fault({ atMs: 6_000, mark: '2' }), 6_000);
    expect(causeOf(twice)).toEqual({ code: 'SOURCE_REFUSED', isAgreed: true });
    expect(probeInMs(twice, 35_999)).toBeNull();
  });

  it('is news once, however often it is read', () => {
    expect(isTelling(silent, fault())).toBe(true);
    expect(isTelling(told(silent, fault(), 1_000), fault())).toBe(false);
  });

  it('leaves the camera to be asked when the node falls silent', () => {
    expect(probeInMs(told(silent, fault(), 1_000), 31_000)).toBe(0);
  });

  it('is no news when it names no cause', () => {
    expect(isTelling(silent, fault({ code: 'SOURCE_NO_MEDIA' }))).toBe(false);
  });

  it('of a refused password keeps the camera from being asked ever again', () => {
    const refused = told(silent, fault({ code: 'SOURCE_AUTH_FAILED' }), 1_000);
    expect(probeInMs(refused, 1e9)).toBeNull();
    expect(causeOf(refused).code).toBe('SOURCE_AUTH_FAILED');
  });

  it('keeps the question further away that is further away already', () => {
    const asked = { ...silent, nextAtMs: 200_000 };
    expect(told(asked, fault(), 1_000).nextAtMs).toBe(200_000);
  });
});
