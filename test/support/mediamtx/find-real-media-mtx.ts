import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export interface MediaMtxBinary {
  readonly path: string;
  /** As printed, e.g. `v1.20.1`. */
  readonly version: string;
}

const OLDEST = [1, 16] as const;

/** MEDIAMTX_BIN, then PATH; null when there is none, or only one older than we support. */
export async function findRealMediaMtx(): Promise<MediaMtxBinary | null> {
  const { MEDIAMTX_BIN, PATH = '' } = process.env;
  const fromPath = PATH.split(delimiter).map((folder) => join(folder, 'mediamtx'));
  for (const path of MEDIAMTX_BIN === undefined ? fromPath : [MEDIAMTX_BIN]) {
    const version = await versionOf(path);
    if (version !== null && isAtLeast(version, OLDEST)) return { path, version };
  }
  return null;
}

export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, ownMajor = '0', ownMinor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(ownMajor) !== major) return Number(ownMajor) > major;
  return Number(ownMinor) >= minor;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 5_000 });
    return stdout.trim();
  } catch {
    return null;
  }
}
