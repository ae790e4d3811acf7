/**
 * One line of MediaMTX's structured log: `{"timestamp","level","message"}`. It quotes as Go does, so
 * odd bytes make a line that is no JSON; what can be read of such a line is read.
 */
export interface LogLine {
  /** `DEB`, `INF`, `WAR` or `ERR`. */
  readonly level: string;
  readonly message: string;
}

const BROKEN_LINE = /"level":"(?<level>[A-Z]{3})","message":"(?<message>.*)"\}\s*$/;

/** Null for what is no line of that log: the words of a crash, or of a start that failed. */
export function parseLogLine(line: string): LogLine | null {
  try {
    return logLineIn(JSON.parse(line));
  } catch {
    const { level, message } = BROKEN_LINE.exec(line)?.groups ?? {};
    return level === undefined || message === undefined ? null : { level, message };
  }
}

function logLineIn(value: unknown): LogLine | null {
  const { level, message } = (value ?? {}) as { level?: unknown; message?: unknown };
  return typeof level === 'string' && typeof message === 'string' ? { level, message } : null;
}
