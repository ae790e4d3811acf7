import { describe, expect, it } from '@jest/globals';

import { sectionBlock, withSection } from './document.js';
import { atLeast, atMost, fraction, more, ms, seconds, times } from './figure.js';
import { median, medianRatio, percentile } from './statistics.js';

describe('the statistics', () => {
  it('take the middle value, or the middle of two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([0, 10, 20, 30, 40], 99)).toBeCloseTo(39.6);
  });

  it('compare round by round: a machine that was slow for one round is no difference', () => {
    expect(medianRatio([10, 20, 100], [10, 20, 100])).toBe(1);
    expect(medianRatio([11, 22, 990], [10, 20, 100])).toBeCloseTo(1.1);
  });

  it('are not made of nothing', () => {
    expect(() => median([])).toThrow('no values');
    expect(() => medianRatio([1, 2], [1])).toThrow('lacks one');
  });
});

describe('a figure', () => {
  it('is shown with three digits and its unit', () => {
    expect([ms(0.1234), ms(12.34), ms(123.4)]).toEqual(['0.12 ms', '12.3 ms', '123 ms']);
    expect([seconds(48_960), times(1.084), fraction(0.00613)]).toEqual([
      '49.0 s',
      '1.08×',
      '1/163',
    ]);
  });

  it('says what a ratio is more, or less, than the same', () => {
    expect([more(1.0123), more(0.98), more(1)]).toEqual(['+1.2 %', '−2.0 %', '+0.0 %']);
  });

  it('meets its goal when it is exactly there', () => {
    expect(atMost(1.3, 1.3)).toEqual({ text: '≤ 1.30×', isMet: true });
    expect(atMost(1.31, 1.3).isMet).toBe(false);
    expect(atLeast(0.65, 0.65).isMet).toBe(true);
    expect(atLeast(0.64, 0.65)).toEqual({ text: '≥ 0.65×', isMet: false });
  });
});

describe('the document', () => {
  const section = { name: 'reads', title: 'Reads', compares: 'One with another.' };
  const block = sectionBlock(
    section,
    [
      { what: 'by id', ours: '5/s', compared: '10/s', ratio: '0.50×', goal: atLeast(0.5, 0.65) },
      { what: 'a | b', ours: '1 ms', goal: atMost(1, 2, ms) },
      { what: 'start', ours: '3 s' },
    ],
    { date: '2026-11-27', machine: 'Two cores' },
  );

  it('says what is compared, each figure with its verdict, and the command, day and machine', () => {
    expect(block).toContain('## Reads\n\nOne with another.\n');
    expect(block).toContain('| by id | 5/s | 10/s | 0.50× | ≥ 0.65× | **MISSED** |');
    expect(block).toContain('| a \\| b | 1 ms |  |  | ≤ 2.00 ms | met |');
    expect(block).toContain('| start | 3 s |  |  |  |  |');
    expect(block).toContain('_`npm run bench -- reads`, 2026-11-27. Two cores._');
  });

  it('gets the sections that were measured, and keeps everything else', () => {
    const before =
      'Intro\n<!-- bench:tick -->old tick<!-- /bench:tick -->\n<!-- bench:reads -->old<!-- /bench:reads -->\nEnd';
    const after = withSection(before, 'reads', block);
    expect(after).toContain('Intro\n<!-- bench:tick -->old tick<!-- /bench:tick -->');
    expect(after).toContain(block);
    expect(after).not.toContain('>old<');
    expect(after.endsWith('<!-- /bench:reads -->\nEnd')).toBe(true);
    expect(withSection(after, 'reads', block)).toBe(after);
  });

  it('is not guessed at when its markers are gone', () => {
    expect(() => withSection('Intro', 'reads', block)).toThrow('is missing');
  });
});
