import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Exit, MediaMtxProcess, type Program } from '../child/media-mtx-process.js';
import { LineReader } from '../log/line-reader.js';
import { eventOf } from '../log/log-event.js';
import { parseLogLine } from '../log/log-line.js';
import { writePrivately } from './private-file.js';
import { type Verdict } from './refused-paths.js';

export interface TrialOutcome {
  readonly verdict: Verdict;
  /** MediaMTX's own words on a refusal, where they hold no value of the file. */
  readonly words: string | null;
}

/** Ten thousand paths take two seconds; too high, and a trial that hangs holds everything up. */
const TIMEOUT_MS = 20_000;
/** What MediaMTX ends with when its file is bad. */
const BAD_FILE = 1;
const HARMLESS_WORDS =
  /^(?:ERR: )?(?<words>json: (?:unknown field "[\w.]{1,100}"|cannot unmarshal \w+ into Go [\w. ]{1,100}))$/;

/** Starts a MediaMTX on a file for no other purpose than to see whether it takes it. */
export class TrialStart {
  constructor(
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  async run(text: string): Promise<TrialOutcome> {
    const folder = await mkdtemp(path.join(this.folder, 'trial-'));
    try {
      const file = path.join(folder, 'mediamtx.yml');
      await writePrivately(file, text);
      return await this.start(file);
    } finally {
      // It holds credentials.
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async start(file: string): Promise<TrialOutcome> {
    const log = new TrialLog();
    const trial = new MediaMtxProcess(this.program, file, log);
    const timeout = new AbortController();
    const isLate = sleep(TIMEOUT_MS, null, { signal: timeout.signal }).catch(() => null);
    const exit = await Promise.race([log.loaded, trial.ended, isLate]);
    timeout.abort();
    await trial.kill();
    return outcomeOf(exit, log.lastLine);
  }
}

function outcomeOf(exit: Exit | 'loaded' | null, lastLine: string): TrialOutcome {
  if (exit === 'loaded') return { verdict: 'accepted', words: null };
  if (exit?.code !== BAD_FILE) return { verdict: 'unknown', words: null };
  const words = HARMLESS_WORDS.exec(lastLine)?.groups?.['words'] ?? null;
  return { verdict: 'refused', words };
}

class TrialLog {
  lastLine = '';
  readonly loaded: Promise<'loaded'>;
  private readonly reader: LineReader;

  constructor() {
    let tell: (what: 'loaded') => void;
    this.loaded = new Promise((resolve) => (tell = resolve));
    this.reader = new LineReader((text) => {
      this.lastLine = text.trim();
      const line = parseLogLine(text);
      if (line !== null && eventOf(line)?.kind === 'loaded') tell('loaded');
    });
  }

  hear(chunk: Buffer): void {
    this.reader.push(chunk);
  }

  hearError(chunk: Buffer): void {
    this.reader.push(chunk);
  }
}
