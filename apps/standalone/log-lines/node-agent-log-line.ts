import { z } from 'zod';

import { parseJson, readableLogLine } from './readable-log-line.js';

const OF_MEDIA_MTX = z.object({ from: z.literal('mediamtx') });
const ENDED = z.object({
  code: z.int().nullable(),
  signal: z.string().nullable(),
  delayMs: z.number(),
});
const STARTED_AGAIN = z.object({ pid: z.int(), restarts: z.int().positive() });
const SAID_WHY = z.object({ level: z.enum(['error', 'fatal']), msg: z.string() });

/**
 * What a line of the node agent's log says to a person, in the words in which the stack speaks of
 * its own children. What MediaMTX itself says stays in the file.
 */
export function nodeAgentLogLine(line: string): string | undefined {
  const entry = parseJson(line);
  if (OF_MEDIA_MTX.safeParse(entry).success) return undefined;
  const ended = ENDED.safeParse(entry).data;
  if (ended !== undefined) {
    const how = ended.signal ?? `code ${ended.code ?? '?'}`;
    const when = ended.delayMs === 0 ? 'at once' : `in ${ended.delayMs / 1000} s`;
    return `MediaMTX ended (${how}): starting it again ${when}`;
  }
  const again = STARTED_AGAIN.safeParse(entry).data;
  if (again !== undefined) return `MediaMTX is started again (pid ${again.pid})`;
  return readableLogLine('Node agent', line);
}

/** Why an agent did not come up, as it or its MediaMTX has said it last. */
export function explainNodeAgent(tail: readonly string[]): string | undefined {
  const faults = tail.map((line) => SAID_WHY.safeParse(parseJson(line)).data);
  const fault = faults.findLast((said) => said !== undefined);
  return fault && `MediaMTX and its agent did not start: ${fault.msg}`;
}
