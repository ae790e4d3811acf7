import { findOnPath } from '#supervision/find-on-path.js';
import { OLDEST_SUPPORTED, isSupported, mediaMtxVersion } from '#supervision/media-mtx-version.js';
import { StartupFailure } from '#supervision/startup-failure.js';

export interface FoundProgram {
  readonly file: string;
  readonly version: string;
}

/**
 * MEDIAMTX_BIN, then PATH.
 *
 * @throws StartupFailure when there is none that can be used
 */
export async function findProgram(
  wanted: string | undefined,
  searchPath: string,
): Promise<FoundProgram> {
  const file = wanted ?? findOnPath('mediamtx', searchPath);
  if (file === undefined) {
    throw new StartupFailure('there is no mediamtx on PATH: set MEDIAMTX_BIN to its file');
  }
  const version = await mediaMtxVersion(file);
  if (version === undefined) throw new StartupFailure(`${file} does not run as a MediaMTX`);
  if (isSupported(version)) return { file, version };
  throw new StartupFailure(`${file} is ${version}, at least ${OLDEST_SUPPORTED} is needed`);
}
