import { chmodSync, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import * as tar from 'tar';

import { rootMessageOf } from '#supervision/startup-failure.js';

import { DownloadFailure } from './download-failure.js';

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
}

/** An entry that would be written outside of the folder that the archive is unpacked in. */
function isOutside(name: string): boolean {
  const parts = name.split(/[\\/]/);
  return parts.includes('..') || path.posix.isAbsolute(name) || path.win32.isAbsolute(name);
}

const sameEntry = (name: string, program: string) => name.replace(/^\.\//, '') === program;

/** One entry is all that is wanted, but an archive with a hostile one is not trusted at all. */
function check(entries: readonly Entry[], program: string, archive: string): void {
  const outside = entries.find((entry) => isOutside(entry.name));
  if (outside) {
    throw new DownloadFailure(`${archive} holds a path outside of itself (${outside.name})`);
  }
  if (!entries.some((entry) => sameEntry(entry.name, program) && entry.isFile)) {
    throw new DownloadFailure(`${archive} holds no ${program}`);
  }
}

async function fromTar(archive: string, program: string, target: string): Promise<void> {
  const entries: Entry[] = [];
  await tar.list({
    file: archive,
    strict: true,
    onReadEntry: (entry) => entries.push({ name: entry.path, isFile: entry.type === 'File' }),
  });
  check(entries, program, path.basename(archive));
  const aside = `${target}.unpacked`;
  mkdirSync(aside, { recursive: true });
  try {
    const filter = (name: string) => sameEntry(name, program);
    await tar.extract({ file: archive, cwd: aside, filter, strict: true, preserveOwner: false });
    renameSync(path.join(aside, program), target);
    chmodSync(target, 0o755);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function fromZip(archive: string, program: string, target: string): Promise<void> {
  // Only needed on Windows, and absent from an installation without development packages.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { autoClose: false });
  try {
    let isFound = false;
    // yauzl itself refuses names that are absolute or go up.
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== program) continue;
      isFound = true;
      const content = await zip.openReadStreamPromise(entry);
      await pipeline(content, createWriteStream(target, { mode: 0o755 }));
    }
    check([{ name: program, isFile: isFound }], program, path.basename(archive));
  } finally {
    zip.close();
  }
}

/**
 * Takes one program out of an archive and puts it where it is told, executable.
 *
 * @throws DownloadFailure when the archive is not what it should be.
 */
export async function extractProgram(
  archive: string,
  program: string,
  target: string,
): Promise<void> {
  const extract = archive.endsWith('.zip') ? fromZip : fromTar;
  try {
    await extract(archive, program, target);
  } catch (error) {
    if (error instanceof DownloadFailure) throw error;
    const reason = rootMessageOf(error);
    throw new DownloadFailure(`${path.basename(archive)} cannot be unpacked: ${reason}`, {
      cause: error,
    });
  }
}
