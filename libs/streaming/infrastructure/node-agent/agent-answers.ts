/** What a node agent answers, as far as we read it; unknown fields are ignored. */
import { z } from 'zod';

import { type AgentReport, type Pokes, type ReportedFault } from '../../domain/ports/node-agent.js';
import { parseJson } from '../http/parse-json.js';

const instant = z.iso.datetime();

const report = z.object({
  now: instant,
  child: z.object({ startedAt: instant.nullable() }),
  wantedRevision: z.string().nullable(),
  leftOut: z.array(z.object({ path: z.string() })),
  errors: z.record(
    z.string(),
    z.object({ code: z.string().max(64), at: instant, count: z.number() }),
  ),
});

const pokes = z.object({
  seq: z.number().int(),
  pokes: z.array(z.object({ kind: z.string(), path: z.string().nullable() })),
});

/** Null when the text is not a report. */
export function decodeReport(text: string): AgentReport | null {
  const { data } = report.safeParse(parseJson(text));
  if (data === undefined) {
    return null;
  }
  const nowMs = Date.parse(data.now);
  return {
    kind: 'complete',
    childStartedAt: data.child.startedAt,
    wantedRevision: data.wantedRevision,
    leftOut: data.leftOut.map(({ path }) => path),
    faults: new Map(
      Object.entries(data.errors).map(([path, error]) => [path, toFault(error, nowMs)]),
    ),
  };
}

export function decodePokes(text: string): Pokes | null {
  const { data } = pokes.safeParse(parseJson(text));
  return data === undefined ? null : { kind: 'complete', ...data };
}

function toFault(
  { code, at, count }: { code: string; at: string; count: number },
  nowMs: number,
): ReportedFault {
  return { code, ageMs: nowMs - Date.parse(at), mark: `${at} ${count}` };
}
