/** What a node agent answers, as far as we read it; unknown fields are ignored. */
import { z } from 'zod';

import { type AgentReport, type Pokes, type ReportedFault } from '../../domain/ports/node-agent.js';
import { Reason } from '../../domain/reason.js';
import { parseJson } from '../http/parse-json.js';

const instant = z.iso.datetime();

const report = z.object({
  child: z.object({ startedAt: instant.nullable() }),
  wantedRevision: z.string().nullable(),
  leftOut: z.array(z.object({ path: z.string() })),
  errors: z.record(
    z.string(),
    z.object({
      code: z.string(),
      at: z.string(),
      count: z.number(),
      ageMs: z.number(),
      isOver: z.boolean(),
    }),
  ),
});

const pokes = z.object({
  seq: z.number().int(),
  pokes: z.array(z.object({ kind: z.string(), path: z.string().nullable() })),
});

type ReportedError = z.output<typeof report>['errors'][string];

/** Null when the text is not a report. */
export function decodeReport(text: string): AgentReport | null {
  const { data } = report.safeParse(parseJson(text));
  if (data === undefined) {
    return null;
  }
  return {
    kind: 'complete',
    childStartedAt: data.child.startedAt,
    wantedRevision: data.wantedRevision,
    leftOut: data.leftOut.map(({ path }) => path),
    faults: new Map(Object.entries(data.errors).map(([path, error]) => [path, toFault(error)])),
  };
}

export function decodePokes(text: string): Pokes | null {
  const { data } = pokes.safeParse(parseJson(text));
  return data === undefined ? null : { kind: 'complete', ...data };
}

/** What a source can fail with; another word names no cause. */
const KNOWN: ReadonlySet<string> = new Set(
  Object.values(Reason).filter(
    (reason) => reason.startsWith('SOURCE_') && reason !== Reason.sourceChanged,
  ),
);

function toFault({ code, at, count, ageMs, isOver }: ReportedError): ReportedFault {
  return {
    code: KNOWN.has(code) ? code : Reason.sourceNoMedia,
    ageMs,
    isOver,
    mark: `${at} ${count}`,
  };
}
