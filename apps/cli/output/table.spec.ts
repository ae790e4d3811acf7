import { describe, expect, it } from '@jest/globals';

import { fields, table } from './table.js';

describe('a table', () => {
  it('has columns as wide as their widest cell, dashes for nothing, and no blanks at the end', () => {
    const rows = [
      ['gate-3', null, 'x'],
      ['a', 'RECONNECTING', ''],
    ];
    expect(table(['CAMERA', 'REASON', 'Z'], rows)).toEqual([
      'CAMERA  REASON        Z',
      'gate-3  -             x',
      'a       RECONNECTING',
    ]);
  });

  it('is its head when there is nothing to show', () => {
    expect(table(['ID', 'CAMERA'], [])).toEqual(['ID  CAMERA']);
  });

  it('puts the values of fields below each other', () => {
    const pairs = [
      ['id', '1'],
      ['camera', null],
    ] as const;
    expect(fields(pairs)).toEqual(['id      1', 'camera  -']);
  });
});
