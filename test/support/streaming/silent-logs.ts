/** What the product logs, as a test can read it: nothing reaches the terminal. */
import { Logger, type LoggerService } from '@nestjs/common';

export interface LogLine {
  readonly level: 'log' | 'warn' | 'error' | 'debug';
  /** The structured part; empty when there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly sentence: string;
  /** What it is about. */
  readonly context: string;
}

/** @returns the lines from now on; the list grows as they are written */
export function silentLogs(): LogLine[] {
  const lines: LogLine[] = [];
  const write =
    (level: LogLine['level']) =>
    (...parts: unknown[]): void => {
      lines.push({
        level,
        fields: fieldsOf(parts),
        sentence: sentenceOf(parts),
        context: String(parts.at(-1)),
      });
    };
  const logger: LoggerService = {
    log: write('log'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
  };
  Logger.overrideLogger(logger);
  return lines;
}

/** The sentences of these lines, or of those with one level. */
export function sentences(lines: readonly LogLine[], level?: LogLine['level']): string[] {
  return lines
    .filter((line) => level === undefined || line.level === level)
    .map(({ sentence }) => sentence);
}

/** `(fields, sentence, context)` or `(sentence, context)`. */
function fieldsOf([first]: readonly unknown[]): LogLine['fields'] {
  return typeof first === 'object' && first !== null ? { ...first } : {};
}

function sentenceOf(parts: readonly unknown[]): string {
  return String(parts.find((part) => typeof part === 'string'));
}
