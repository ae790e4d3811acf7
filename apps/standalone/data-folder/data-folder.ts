import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { StartupFailure, messageOf } from '#supervision/startup-failure.js';

/** Where everything is that the stack keeps. */
export interface DataFolder {
  readonly root: string;
  readonly logs: string;
  readonly lock: string;
  readonly children: string;
}

const hint = 'set VIGIA_DATA_DIR to another folder';

/**
 * Makes the folder, or finds out that it cannot be used.
 *
 * One that root makes is open for passing through (not for listing), whatever the umask, since the
 * database runs as a user of its own and lies in it; what is secret in it has its own mode. One
 * that was there before keeps its mode: somebody may have meant it.
 */
export function openDataFolder(root: string): DataFolder {
  const folder = {
    root,
    logs: path.join(root, 'logs'),
    lock: path.join(root, 'lock'),
    children: path.join(root, 'children.json'),
  };
  try {
    const isNew = !existsSync(root);
    mkdirSync(folder.logs, { recursive: true });
    // Git must not offer it, wherever in the repository somebody puts it.
    writeFileSync(path.join(root, '.gitignore'), '*\n');
    if (isNew && process.getuid?.() === 0) chmodSync(root, 0o711);
  } catch (error) {
    throw new StartupFailure(`the data folder cannot be used (${messageOf(error)}): ${hint}`);
  }
  return folder;
}
