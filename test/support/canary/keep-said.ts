/** Keeps what the product says, to be searched for secrets at the end of the run. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';

const END = '\x1e';

/** @param folder by default that of the run; outside of one nothing is kept */
export function keepSaid(
  kind: 'log' | 'answers' | 'metrics',
  text: string,
  folder = process.env['TEST_SAID_FOLDER'],
): void {
  if (folder !== undefined) {
    appendFileSync(path.join(folder, `${kind}-${process.pid}.txt`), `${text}\n${END}`);
  }
}
