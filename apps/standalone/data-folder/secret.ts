import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

import { systemCodeOf } from '#supervision/startup-failure.js';

const BYTES = 24;

export function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A password in a file for its owner only: made once, the same ever after. */
export function keepSecret(file: string): string {
  const kept = readSecret(file);
  if (kept !== undefined && kept !== '') return kept;
  // Letters and digits (hex), so that it needs no quoting in a URL or a YAML file.
  const secret = randomBytes(BYTES).toString('hex');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
