import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

import { type EpisodeLog } from '#kernel/episode.js';
import { loggedError } from '#platform/logging/logged-error.js';

export type AgentLog = Logger;

export interface LogSettings {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** By which Vigia knows the node; said in each line. */
  readonly nodeId?: string | undefined;
}

/** To standard output, a line a fact, as the API does it. */
export function agentLog({ level, format, nodeId }: LogSettings): AgentLog {
  const options = {
    level,
    base: nodeId === undefined ? null : { nodeId },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (err: Error) => loggedError(pino.stdSerializers.err(err)) },
  };
  return format === 'pretty'
    ? pino(options, PinoPretty({ singleLine: true, sync: true }))
    : pino(options, pino.destination({ dest: 1, sync: true }));
}

export function episodeLog(log: AgentLog): EpisodeLog {
  return {
    log: (line, sentence) => log.info(line, sentence),
    warn: (line, sentence) => log.warn(line, sentence),
    error: (line, sentence) => log.error(line, sentence),
  };
}
