import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/** Older ones have another API. */
const OLDEST = [1, 16] as const;

/** What `mediamtx --version` answers, such as `v1.20.1`; nothing when the file is no MediaMTX. */
export async function mediaMtxVersion(file: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(file, ['--version'], { timeout: TIMEOUT_MS });
    return /^v?\d+\.\d+\.\d+\S*/.exec(stdout.trim())?.[0];
  } catch {
    return undefined;
  }
}

export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

export const OLDEST_SUPPORTED = `v${OLDEST.join('.')}`;
