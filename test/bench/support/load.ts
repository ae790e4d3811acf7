/** The load generator: autocannon as a process of its own, the same for both sides. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const AUTOCANNON = path.resolve(
  import.meta.dirname,
  '../../../node_modules/autocannon/autocannon.js',
);

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

interface Report {
  readonly requests: { readonly average: number; readonly total: number };
  readonly non2xx: number;
  readonly errors: number;
}

/** @throws when a request failed: refusals are fast, and no throughput */
export async function putUnderLoad(
  url: string,
  { connections, seconds }: Load,
): Promise<{ perSecond: number; requests: number }> {
  const settings = ['-j', '-n', '-c', String(connections), '-d', String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, [AUTOCANNON, ...settings, url]);
  const { requests, non2xx, errors } = JSON.parse(stdout) as Report;
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx + errors} requests failed`);
  return { perSecond: requests.average, requests: requests.total };
}
