/** What a simulated agent would read in MediaMTX's log: why sources fail, and which come and go. */
import { setTimeout as delay } from 'node:timers/promises';

import { type Json } from '#test/support/mediamtx/control-api.js';

import { type AgentError } from './chaos-node.js';
import { type Hand, type SeenPath } from './hand.js';

const EVERY_MS = 150;
/** As often as the simulated node dials. */
const DIALS_EVERY_MS = 1_000;
const NEVER = new Date(0).toISOString();

type Poke = (kind: 'lost' | 'failed' | 'available', path: string) => void;

export class SourceLog {
  errors: Readonly<Record<string, AgentError>> = {};
  private available: ReadonlySet<string> = new Set();
  private ending = new AbortController();
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly hand: Hand,
    private readonly faultOf: (source: string) => string | null,
    private readonly poke: Poke,
  ) {}

  start(): void {
    this.errors = {};
    this.ending = new AbortController();
    this.done = this.run(this.ending.signal);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  /** Of what is not wanted any more nothing is told. */
  keep(names: readonly string[]): void {
    this.errors = Object.fromEntries(
      Object.entries(this.errors).filter(([name]) => names.includes(name)),
    );
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // It is down, or busy: nothing is logged.
      await this.look().catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const configured = await this.hand.configurations();
    const paths = await this.hand.paths();
    const available = new Set(paths.filter((path) => path.available).map(({ name }) => name));
    for (const name of available) if (!this.available.has(name)) this.poke('available', name);
    for (const name of this.available) if (!available.has(name)) this.poke('lost', name);
    this.available = available;
    for (const path of paths.filter((it) => !it.available)) {
      this.dial(path, configured.get(path.confName) ?? {});
    }
  }

  private dial({ name }: SeenPath, { source, sourceOnDemand }: Json): void {
    const { at = NEVER, ...before } = this.errors[name] ?? { code: null, count: 0 };
    const code = sourceOnDemand === true ? null : this.faultOf(String(source));
    const now = Date.now();
    if (code === null || now - Date.parse(at) < DIALS_EVERY_MS) return;
    const error = { code, at: new Date(now).toISOString(), count: before.count + 1 };
    this.errors = { ...this.errors, [name]: error };
    if (before.code !== code) this.poke('failed', name);
  }
}
