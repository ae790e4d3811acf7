import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { canEnter, canRead } from './reach.js';

const STRANGER = { name: 'stranger', uid: 987_654, gid: 987_654 };

describe('what a user can reach', () => {
  let top: string;
  let inner: string;
  let file: string;

  beforeEach(() => {
    top = mkdtempSync(path.join(tmpdir(), 'vigia-reach-'));
    inner = path.join(top, 'inner');
    file = path.join(inner, 'file');
    mkdirSync(inner);
    writeFileSync(file, '');
    for (const folder of [top, inner]) chmodSync(folder, 0o711);
    chmodSync(file, 0o644);
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  it('passes through folders that all may pass', () => {
    expect(canEnter(inner, STRANGER)).toBe(true);
    expect(canRead(file, STRANGER)).toBe(true);
  });

  it('is stopped by one closed folder anywhere above', () => {
    chmodSync(top, 0o700);
    expect(canEnter(inner, STRANGER)).toBe(false);
    expect(canRead(file, STRANGER)).toBe(false);
  });

  it('cannot read a file that is closed in an open folder', () => {
    chmodSync(file, 0o600);
    expect(canRead(file, STRANGER)).toBe(false);
  });

  it('has the rights of the owner, and of the group, and no others', () => {
    const owner = { ...STRANGER, uid: process.getuid?.() ?? 0 };
    const member = { ...STRANGER, gid: process.getgid?.() ?? 0 };
    chmodSync(inner, 0o710);
    expect([owner, member, STRANGER].map((who) => canEnter(inner, who))).toEqual([
      true,
      true,
      false,
    ]);
    chmodSync(inner, 0o001);
    expect(canEnter(inner, owner)).toBe(false);
  });
});
