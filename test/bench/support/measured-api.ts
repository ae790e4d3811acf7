/** The API at the settings of the product, and able to say what it uses. */
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';

import { OBSERVED_ENV } from './observed-process.js';

/** Empty: what tests set for speed is unset, and the default of the product holds. */
const DEFAULTS = { RECONCILE_INTERVAL_MS: '', MEDIAMTX_TIMEOUT_MS: '', BREAKER_MAX_MS: '' };
const SOON = { timeoutMs: 60_000, everyMs: 100 };

export function startApi(
  databaseUrl: string,
  mediaMtxUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  return ApiProcess.start({
    databaseUrl,
    mediaMtxUrl,
    env: { ...DEFAULTS, ...OBSERVED_ENV, ...env },
  });
}

/** Until it has looked at its node twice, and says so. */
export async function untilLooked(api: ApiProcess): Promise<void> {
  await eventually(async () => {
    const { body } = await api.client.get<{ items: StreamBody[] }>('/api/streams?limit=1');
    if (body.items[0]?.health === 'UNKNOWN') throw new Error('not looked yet');
  }, SOON);
}
