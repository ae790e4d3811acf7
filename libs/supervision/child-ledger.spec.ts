import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ChildLedger, parseRecordedChildren, readRecordedChildren } from './child-ledger.js';
import { type RecordedChild } from './end-processes.js';

const aChild = (pid: number): RecordedChild => ({
  pid,
  startedAt: 'a',
  name: 'MediaMTX',
  stopSignal: 'SIGTERM',
});

describe('ChildLedger', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-ledger-'));
    file = path.join(folder, 'children.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes down who runs, at each change, and tells it', () => {
    const told: number[][] = [];
    const ledger = new ChildLedger(file, (children) => told.push(children.map(({ pid }) => pid)));
    ledger.add(aChild(7));
    ledger.add(aChild(8));
    ledger.remove(7);

    expect(readRecordedChildren(file)).toEqual([aChild(8)]);
    expect(told).toEqual([[7], [7, 8], [8]]);
  });

  it('goes on telling when the file cannot be written', () => {
    const told: number[] = [];
    const ledger = new ChildLedger(path.join(folder, 'no', 'file'), (all) => told.push(all.length));
    ledger.add(aChild(7));
    expect(told).toEqual([1]);
    expect(existsSync(path.join(folder, 'no'))).toBe(false);
  });

  it.each(['', 'nonsense', '{}', '[{"pid":0}]', '[{"pid":"1"}]', '[{"pid":7,"name":"x"}]'])(
    'takes %j for no record',
    (json) => {
      expect(parseRecordedChildren(json)).toEqual([]);
    },
  );

  it('takes a file that is not there for no record', () => {
    expect(readRecordedChildren(file)).toEqual([]);
  });
});
