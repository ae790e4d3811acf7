/** Writes the page of all reasons to the file that is named. */
import { writeFile } from 'node:fs/promises';

import { reasonsPage } from '#streaming/http/reason-words.js';

const [, , file] = process.argv;
if (file === undefined) {
  throw new Error('usage: export-reasons <file>');
}
await writeFile(file, reasonsPage());
