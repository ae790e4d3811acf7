import { readProcess, type ProcessRow } from '#supervision/process-table.js';

/** More levels than any chain of package managers and shells has. */
const MAX_LEVELS = 12;

const PACKAGE_MANAGER = /(^|[\\/\s])(npm|npx|pnpm|yarn|corepack)(-cli\.js|\.js|\.cjs)?(\s|$)/;
const SHELL_WITH_COMMAND = /^(\S*\/)?(sh|bash|dash|zsh|ash|busybox sh)(\s+-\w+)*\s+-\w*c\s/;

/** From the parent upwards, as far as it can be seen. */
export function readAncestors(): ProcessRow[] {
  const found: ProcessRow[] = [];
  let pid = process.ppid;
  while (pid > 0 && found.length < MAX_LEVELS) {
    const row = readProcess(pid);
    if (row === undefined) break;
    found.push(row);
    pid = row.parentPid;
  }
  return found;
}

/**
 * Whose end is ours too: the parent, and with a package manager above it, everything up to that
 * one. `npm start` puts a shell between npm and us; when npm alone is killed, the shell stays, and
 * nobody would tell us.
 *
 * Not further: the shell in which somebody typed `npm start &` may end while the stack goes on.
 */
export function watchedAncestors(ancestors: readonly ProcessRow[]): readonly ProcessRow[] {
  let watched = ancestors.slice(0, 1);
  for (const [level, { command }] of ancestors.entries()) {
    if (PACKAGE_MANAGER.test(command)) watched = ancestors.slice(0, level + 1);
    else if (!SHELL_WITH_COMMAND.test(command)) break;
  }
  return watched;
}
