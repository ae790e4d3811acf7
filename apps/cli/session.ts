/** What a command has of the world around it: handed in, so that a test can hand in another. */
import { type Command } from 'commander';
import { type Readable } from 'node:stream';

import { cliEnvironment } from '#platform/config/cli-config.js';

import { WrongUsage } from './api/failures.js';
import { type VigiaApi } from './api/vigia-api.js';
import { type ExitCode } from './exit-codes.js';
import { type Terminal } from './terminal.js';

export interface Surroundings {
  readonly terminal: Terminal;
  readonly stdin: Readable;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  /** From the first call on, an interruption no longer ends the process: it aborts this. */
  readonly interruption: () => AbortSignal;
  readonly apiAt: (url: string, interrupted: AbortSignal) => VigiaApi;
  /** What the process ends with when the command is done. */
  readonly finish: (code: ExitCode) => void;
}

export interface Session extends Pick<Surroundings, 'terminal' | 'stdin' | 'now'> {
  readonly api: VigiaApi;
  readonly isJson: boolean;
  readonly interrupted: AbortSignal;
}

export interface GlobalOptions {
  readonly api?: string;
  readonly json?: true;
}

/** @throws WrongUsage when the address of the API is none */
export function openSession(surroundings: Surroundings, command: Command): Session {
  const { api, json = false } = command.optsWithGlobals<GlobalOptions>();
  const interrupted = surroundings.interruption();
  return {
    ...surroundings,
    api: surroundings.apiAt(addressOf(api, surroundings.env), interrupted),
    isJson: json,
    interrupted,
  };
}

function addressOf(option: string | undefined, env: NodeJS.ProcessEnv): string {
  const set = option ?? env['VIGIA_API_URL'] ?? '';
  const { data, error } = cliEnvironment.safeParse(set === '' ? {} : { VIGIA_API_URL: set });
  if (data === undefined) {
    const words = error.issues.map(({ message }) => message).join(', ');
    throw new WrongUsage(`--api, or VIGIA_API_URL: ${words}`);
  }
  return data.VIGIA_API_URL;
}
