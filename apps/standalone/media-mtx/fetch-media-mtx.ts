import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';

import { checksumOf, sha256OfFile } from './checksums.js';
import { DownloadFailure } from './download-failure.js';
import { extractProgram } from './extract-program.js';
import { type Release } from './media-mtx-release.js';
import { downloadText, downloadTo, forget, type DownloadOptions } from './resumable-download.js';

/** Where a fetched program is kept. */
export function cachedProgram(cacheDir: string, release: Release): string {
  return path.join(cacheDir, release.version, release.program);
}

/** A part that an older try left may belong to something else: then once more, from its start. */
async function downloadVerified(
  part: string,
  release: Release,
  expected: string,
  options: DownloadOptions,
): Promise<void> {
  const isResumed = existsSync(part);
  await downloadTo(part, release.archiveUrl, options);
  const actual = await sha256OfFile(part);
  if (actual === expected) return;
  forget(part);
  if (isResumed) {
    await downloadVerified(part, release, expected, options);
    return;
  }
  throw new DownloadFailure(
    `${release.archive} is not what was published (its SHA-256 is ${actual}, ` +
      `${release.checksumsUrl} says ${expected}): thrown away`,
  );
}

/**
 * The official program: downloaded once, compared with the published checksum, and only then
 * unpacked and kept.
 *
 * @throws DownloadFailure
 */
export async function fetchMediaMtx(
  release: Release,
  cacheDir: string,
  options: DownloadOptions,
): Promise<string> {
  const program = cachedProgram(cacheDir, release);
  const folder = path.dirname(program);
  mkdirSync(folder, { recursive: true });
  const list = await downloadText(release.checksumsUrl, options);
  const expected = checksumOf(list, release.archive);
  if (expected === undefined) {
    throw new DownloadFailure(`${release.checksumsUrl} does not list ${release.archive}`);
  }
  const part = path.join(folder, `${release.archive}.part`);
  await downloadVerified(part, release, expected, options);
  const archive = path.join(folder, release.archive);
  renameSync(part, archive);
  try {
    // Unpacked aside and moved: a program that is there is a whole one.
    await extractProgram(archive, release.program, `${program}.unfinished`);
    renameSync(`${program}.unfinished`, program);
  } finally {
    forget(archive);
  }
  return program;
}
