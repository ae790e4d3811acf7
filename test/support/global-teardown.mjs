import { rmSync } from 'node:fs';

import { findCanary, sumOf } from './canary/find-canary.mjs';

/** Fails the run when a secret of a test's source left the product anywhere. */
export default async function tearDown() {
  const postgres = globalThis.vigiaPostgres;
  if (postgres === undefined) return;
  globalThis.vigiaPostgres = undefined;
  try {
    const { searched, hits } = await findCanary(globalThis.vigiaSaid, postgres);
    process.stdout.write(`Canary: ${hits.length} hits in ${sumOf(searched)}\n`);
    if (hits.length > 0) {
      throw new Error(`a secret has left: ${hits.join(', ')}`);
    }
    rmSync(globalThis.vigiaSaid, { recursive: true, force: true });
  } finally {
    await postgres.remove();
  }
}
