/** Only replace and delete, and only under our prefix. */
import { type ConfigWrite } from '../world/config-writes.js';
import { PREFIX } from '../world/settings.js';

const ALLOWED = new RegExp(
  `^(POST /v3/config/paths/replace|DELETE /v3/config/paths/delete)/${PREFIX}/[^/]+$`,
);

export function verbFaults(writes: readonly ConfigWrite[]): string[] {
  return writes
    .map(({ method, target }) => `${method} ${target}`)
    .filter((write) => !ALLOWED.test(write))
    .map((write) => `a write that is not ours to make: ${write}`);
}
