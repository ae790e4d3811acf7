/** What a simulated agent would read in MediaMTX's log: why sources fail, and which come and go. */
import { setTimeout as delay } from 'node:timers/promises';

import { type Json } from '#test/support/mediamtx/control-api.js';

import { type AgentError } from './chaos-node.js';
import { type Hand, type SeenPath } from './hand.js';

const EVERY_MS = 150;
/** As often as the simulated node dials. */
const DIALS_EVERY_MS = 1_000;

type Told = Omit<AgentError, 'ageMs'> & { readonly atMs: number };

type Poke = (kind: 'lost' | 'failed' | 'available', path: string) => void;

export class SourceLog {
  private readonly told = new Map<string, Told>();
  private available: ReadonlySet<string> = new Set();
  private ending = new AbortController();
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly hand: Hand,
    private readonly faultOf: (source: string) => string | null,
    private readonly poke: Poke,
  ) {}

  start(): void {
    this.told.clear();
    this.ending = new AbortController();
    this.done = this.run(this.ending.signal);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  /** Of what is not wanted any more nothing is told. */
  keep(names: readonly string[]): void {
    for (const name of this.told.keys()) if (!names.includes(name)) this.told.delete(name);
  }

  errors(): Readonly<Record<string, AgentError>> {
    const nowMs = performance.now();
    return Object.fromEntries(
      [...this.told].map(([name, { code, at, atMs, count, isOver }]) => [
        name,
        { code, at, count, isOver, ageMs: Math.round(nowMs - atMs) },
      ]),
    );
  }

  private recovered(name: string): void {
    const told = this.told.get(name);
    if (told !== undefined) this.told.set(name, { ...told, isOver: true });
    this.poke('available', name);
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
    for (const name of available) if (!this.available.has(name)) this.recovered(name);
    for (const name of this.available) if (!available.has(name)) this.poke('lost', name);
    this.available = available;
    for (const path of paths.filter((it) => !it.available)) {
      this.dial(path, configured.get(path.confName) ?? {});
    }
  }

  private dial({ name }: SeenPath, { source, sourceOnDemand }: Json): void {
    const code = sourceOnDemand === true ? null : this.faultOf(String(source));
    const before = this.told.get(name);
    const atMs = performance.now();
    if (code === null || (before !== undefined && atMs - before.atMs < DIALS_EVERY_MS)) return;
    const count = (before?.count ?? 0) + 1;
    this.told.set(name, { code, at: new Date().toISOString(), atMs, count, isOver: false });
    if (isNews(before, code)) this.poke('failed', name);
  }
}

function isNews(before: Told | undefined, code: string): boolean {
  return before === undefined || before.isOver || before.code !== code;
}
