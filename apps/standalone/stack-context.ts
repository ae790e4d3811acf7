import path from 'node:path';

import { type ChildLedger } from '#supervision/child-ledger.js';

import { type DataFolder } from './data-folder/data-folder.js';
import { LogFile } from './processes/log-file.js';
import { type ChildOptions } from './processes/running-child.js';
import { SupervisedProcess, type Supervision } from './processes/supervised-process.js';
import { type Ports, type StandaloneConfig } from './standalone-config.js';
import { type Terminal } from './terminal.js';

/** What a part says about its child; the rest is the same for all. */
export type ChildPlan = Omit<Supervision, 'log' | 'ledger' | 'terminal'> & {
  readonly logName: string;
  /** Whatever was started before or beside it is gone before it is. */
  readonly stopsLast?: boolean;
};

interface Surroundings {
  readonly config: StandaloneConfig;
  /** The configured ones, with a free one for each 0. */
  readonly ports: Ports;
  readonly folder: DataFolder;
  readonly terminal: Terminal;
  readonly ledger: ChildLedger;
  readonly signal: AbortSignal;
}

/** What the parts of the stack share, and the list of what they started. */
export class StackContext {
  private readonly running: SupervisedProcess[] = [];

  constructor(readonly is: Surroundings) {}

  /** Runs a child and keeps it running; it is ready when this returns. */
  async run({ logName, stopsLast = false, ...plan }: ChildPlan): Promise<void> {
    const { terminal, signal } = this.is;
    const child = new SupervisedProcess({ ...plan, ...this.record(logName), terminal });
    // Before its start: a start that fails or is interrupted leaves something to stop, too.
    if (stopsLast) this.running.unshift(child);
    else this.running.push(child);
    await child.start(signal);
  }

  /** Where a child logs, and where it is written down. */
  record(logName: string): Pick<ChildOptions, 'log' | 'ledger'> {
    const file = path.join(this.is.folder.logs, `${logName}.log`);
    return { log: new LogFile(file), ledger: this.is.ledger };
  }

  /** One after the other, the last one first: the API is gone before its node and its database are. */
  async stopAll(): Promise<void> {
    for (const child of this.running.toReversed()) await child.stop();
  }

  /** All at once, without asking. */
  async killAll(): Promise<void> {
    await Promise.all(this.running.map((child) => child.kill()));
  }
}
