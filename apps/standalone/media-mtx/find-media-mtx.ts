import { existsSync } from 'node:fs';

import { findOnPath } from '#supervision/find-on-path.js';
import { OLDEST_SUPPORTED, isSupported, mediaMtxVersion } from '#supervision/media-mtx-version.js';
import { StartupFailure } from '#supervision/startup-failure.js';

import { type Terminal } from '../terminal.js';
import { DownloadFailure } from './download-failure.js';
import { cachedProgram, fetchMediaMtx } from './fetch-media-mtx.js';
import { releaseFor, thisMachine, type Release } from './media-mtx-release.js';
import { megabytes } from './resumable-download.js';

export interface MediaMtxProgram {
  readonly file: string;
  readonly version: string;
}

export interface MediaMtxSearch {
  /** MEDIAMTX_BIN. */
  readonly wanted: string | undefined;
  readonly searchPath: string;
  readonly cacheDir: string;
  readonly releasesUrl: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

const PROGRESS_EVERY_MS = 2_000;

async function wantedOne(file: string): Promise<MediaMtxProgram> {
  const version = await mediaMtxVersion(file);
  if (version === undefined) {
    throw new StartupFailure(`MEDIAMTX_BIN: ${file} does not run as a MediaMTX`);
  }
  if (!isSupported(version)) {
    throw new StartupFailure(
      `MEDIAMTX_BIN: ${file} is ${version}, at least ${OLDEST_SUPPORTED} is needed`,
    );
  }
  return { file, version };
}

async function oneOnPath({
  searchPath,
  terminal,
}: MediaMtxSearch): Promise<MediaMtxProgram | undefined> {
  const file = findOnPath('mediamtx', searchPath);
  const version = file === undefined ? undefined : await mediaMtxVersion(file);
  if (file === undefined || version === undefined) return undefined;
  if (isSupported(version)) return { file, version };
  terminal.warn(`${file} is ${version}, too old (at least ${OLDEST_SUPPORTED}): not used`);
  return undefined;
}

function progressTo(terminal: Terminal): (bytes: number, total: number | undefined) => void {
  let saidAtMs = performance.now();
  return (bytes, total) => {
    if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) return;
    saidAtMs = performance.now();
    terminal.say(`  … ${megabytes(bytes)}${total === undefined ? '' : ` of ${megabytes(total)}`}`);
  };
}

async function download(release: Release, search: MediaMtxSearch): Promise<MediaMtxProgram> {
  const { terminal, cacheDir, signal } = search;
  terminal.say(`  MediaMTX ${release.version} is not here yet: downloading ${release.archiveUrl}`);
  const onProgress = progressTo(terminal);
  const file = await fetchMediaMtx(release, cacheDir, { signal, onProgress });
  const version = await mediaMtxVersion(file);
  if (version === undefined) throw new DownloadFailure(`${file} does not run on this machine`);
  terminal.say(`  downloaded, and its checksum is the published one: kept in ${file}`);
  return { file, version };
}

async function cachedOrDownloaded(search: MediaMtxSearch): Promise<MediaMtxProgram | undefined> {
  const release = releaseFor(thisMachine(), search.releasesUrl);
  if (release === undefined) {
    search.terminal.warn(`no MediaMTX is released for ${process.platform} on ${process.arch}`);
    return undefined;
  }
  const cached = cachedProgram(search.cacheDir, release);
  const version = existsSync(cached) ? await mediaMtxVersion(cached) : undefined;
  if (version !== undefined) return { file: cached, version };
  try {
    return await download(release, search);
  } catch (error) {
    if (!(error instanceof DownloadFailure)) throw error;
    search.terminal.warn(`MediaMTX could not be downloaded: ${error.message}`);
    return undefined;
  }
}

/**
 * MEDIAMTX_BIN, then PATH, then an earlier download, then a new one. Nothing when there is none to
 * be had; why not has been said by then.
 *
 * @throws StartupFailure when MEDIAMTX_BIN names something else: a wish is not quietly ignored.
 */
export async function findMediaMtx(search: MediaMtxSearch): Promise<MediaMtxProgram | undefined> {
  if (search.wanted !== undefined) return wantedOne(search.wanted);
  return (await oneOnPath(search)) ?? (await cachedOrDownloaded(search));
}
