import { createInterface } from 'node:readline';

import { parseRecordedChildren } from './child-ledger.js';
import { endProcesses, type RecordedChild } from './end-processes.js';

/**
 * The guard: a process of its own that ends the children when the supervisor was killed with a
 * signal that it cannot catch. It holds the reading end of a pipe whose only writer is the
 * supervisor, so the end of the input *is* the end of the supervisor, whatever ended it. An
 * ordinary stop sends an empty list first, and then there is nothing to do.
 */
const GRACE_MS = 3_000;

process.title = 'vigia-guard';

// Ctrl-C and a closing terminal are the supervisor's business; the guard must outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => undefined);
}

let children: RecordedChild[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  children = parseRecordedChildren(line);
}
await endProcesses(children, GRACE_MS);
process.exit(0);
