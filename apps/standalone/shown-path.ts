import path from 'node:path';

/** A path as a person would type it: short where it lies below the current folder. */
export function shownPath(file: string, from = process.cwd()): string {
  const relative = path.relative(from, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative || '.';
}
