import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

import { loggedError } from '#platform/logging/logged-error.js';

export type AgentLog = Logger;

export interface LogSettings {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

/** To standard output, a line a fact, as the API does it. */
export function agentLog({ level, format }: LogSettings): AgentLog {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (err: Error) => loggedError(pino.stdSerializers.err(err)) },
  };
  return format === 'pretty'
    ? pino(options, PinoPretty({ singleLine: true, sync: true }))
    : pino(options, pino.destination({ dest: 1, sync: true }));
}
