import { z } from 'zod';

/** The levels that a person should hear of, and what they are called on the terminal. */
const LABELS: ReadonlyMap<unknown, string> = new Map([
  ['warn', 'warning'],
  ['error', 'error'],
  ['fatal', 'error'],
]);

const LOG_LINE = z.object({
  level: z.string(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string() }).optional().catch(undefined),
});

/** Known to be said elsewhere, or of no use on a terminal. */
const NOT_SHOWN = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'err',
  'name',
  'context',
  'req',
  'res',
]);

function detailsOf(entry: Readonly<Record<string, unknown>>): string {
  return Object.entries(entry)
    .filter(([name, value]) => !NOT_SHOWN.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** Nothing for a line that is no JSON. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * What a line of the log of one of our programs says to a person; nothing for what is not worth a
 * person's while. A line that is no JSON comes from Node itself (a crash), and is passed on as it is.
 */
export function readableLogLine(program: string, line: string): string | undefined {
  const entry = parseJson(line);
  if (entry === undefined) return line.trim() === '' ? undefined : `${program}: ${line}`;
  const parsed = LOG_LINE.safeParse(entry);
  const label = LABELS.get(parsed.data?.level);
  if (!parsed.success || label === undefined) return undefined;
  const { msg, err } = parsed.data;
  const parts = [msg, err?.message, detailsOf(entry as Record<string, unknown>)];
  return `${program} ${label}: ${parts.filter((part) => part !== undefined && part !== '').join(' · ')}`;
}
