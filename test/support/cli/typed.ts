/** A command line as somebody types it, with an API in memory behind it. */
import { Readable } from 'node:stream';

import { type ExitCode } from '../../../apps/cli/exit-codes.js';
import { runVigia } from '../../../apps/cli/run-vigia.js';
import { Terminal } from '../../../apps/cli/terminal.js';
import { Said } from '../said.js';
import { type FakeVigiaApi } from './fake-vigia-api.js';

export const NOW = new Date('2026-11-23T17:00:00.000Z');

export interface TypedOptions {
  readonly api: FakeVigiaApi;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export class Typed {
  readonly out = new Said();
  readonly err = new Said();
  /** Where the API was looked for. */
  address: string | null = null;
  readonly code: Promise<ExitCode>;
  private readonly controller = new AbortController();

  constructor(args: readonly string[], { api, stdin = '', env = {} }: TypedOptions) {
    this.code = runVigia(args, {
      terminal: new Terminal(this.out, this.err),
      stdin: Readable.from([stdin]),
      env,
      now: () => NOW,
      interruption: () => this.controller.signal,
      apiAt: (url) => {
        this.address = url;
        return api;
      },
    });
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.controller.abort();
  }

  get json(): unknown {
    return JSON.parse(this.out.text) as unknown;
  }

  get lines(): string[] {
    return this.out.text.trimEnd().split('\n');
  }
}
