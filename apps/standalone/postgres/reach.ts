import { statSync, type Stats } from 'node:fs';
import path from 'node:path';

import { type Account } from './postgres-account.js';

const READ = 4;
const PASS = 1;

function allows({ mode, uid, gid }: Stats, account: Account, right: number): boolean {
  if (uid === account.uid) return (mode & (right << 6)) !== 0;
  if (gid === account.gid) return (mode & (right << 3)) !== 0;
  return (mode & right) !== 0;
}

/** A path and all folders above it, the topmost first. */
function chain(target: string): string[] {
  const parent = path.dirname(target);
  return parent === target ? [target] : [...chain(parent), target];
}

/** Whether a user may pass through a folder and everything above it. */
export function canEnter(folder: string, account: Account): boolean {
  return chain(path.resolve(folder)).every((part) => allows(statSync(part), account, PASS));
}

/** Whether a user may get to a file and read it. */
export function canRead(file: string, account: Account): boolean {
  return canEnter(path.dirname(file), account) && allows(statSync(file), account, READ);
}
