import {
  type AgentReport,
  NodeAgent,
  type Pokes,
  type WantedPaths,
} from '#streaming/domain/ports/node-agent.js';
import { type Inconclusive } from '#streaming/domain/look.js';
import { type FakeClock } from './fake-clock.js';

const NO_ANSWER: Inconclusive = { kind: 'inconclusive', cause: 'connection refused' };

/** An agent in memory; absent until a test says otherwise. */
export class FakeNodeAgent extends NodeAgent {
  isPresent = false;
  isDown = false;
  childStartedAt = '2026-11-27T08:00:00Z';
  leftOut: readonly string[] = [];
  wanted: WantedPaths | null = null;
  /** Why `put` is refused; null: it is not. */
  refusal: string | null = null;
  /** Calls of `put`. */
  puts = 0;
  /** Calls of `put` are answered when it is resolved. */
  gate: Promise<void> = Promise.resolve();
  /** Answers of `pokes`, in turn; then it waits until the caller gives up. */
  hints: (Pokes | Inconclusive)[] = [];
  /** Which number each call of `pokes` has given. */
  readonly heardAfter: (number | null)[] = [];
  /** How much older faults look than they are; a clock that was set, in an agent that uses one. */
  skewMs = 0;
  private readonly faults = new Map<
    string,
    { code: string; atMs: number; count: number; isOver: boolean }
  >();

  constructor(private readonly clock: FakeClock) {
    super();
  }

  /** How long a report is under way. */
  delayMs = 0;

  /** MediaMTX has just tried the source of the path, in vain. */
  fail(path: string, code: string): void {
    const count = (this.faults.get(path)?.count ?? 0) + 1;
    this.faults.set(path, { code, atMs: this.clock.monotonicMs(), count, isOver: false });
  }

  /** It was available since. */
  recover(path: string): void {
    const fault = this.faults.get(path);
    if (fault !== undefined) {
      this.faults.set(path, { ...fault, isOver: true });
    }
  }

  override async report(): Promise<AgentReport | Inconclusive> {
    const nowMs = this.clock.monotonicMs();
    const told = this.told(nowMs);
    if (this.delayMs > 0) {
      await this.clock.delay(this.delayMs);
    }
    return told;
  }

  private told(nowMs: number): AgentReport | Inconclusive {
    return this.isDown
      ? NO_ANSWER
      : {
          kind: 'complete',
          childStartedAt: this.childStartedAt,
          wantedRevision: this.wanted?.revision ?? null,
          leftOut: this.leftOut,
          faults: new Map(
            [...this.faults].map(([path, { code, atMs, count, isOver }]) => [
              path,
              { code, ageMs: nowMs - atMs + this.skewMs, isOver, mark: `${atMs} ${count}` },
            ]),
          ),
        };
  }

  override async put(wanted: WantedPaths): Promise<{ kind: 'accepted' } | Inconclusive> {
    this.puts += 1;
    await this.gate;
    if (this.isDown || this.refusal !== null) {
      return { ...NO_ANSWER, ...(this.refusal !== null && { cause: this.refusal }) };
    }
    this.wanted = wanted;
    return { kind: 'accepted' };
  }

  override async pokes(after: number | null, signal?: AbortSignal): Promise<Pokes | Inconclusive> {
    this.heardAfter.push(after);
    const next = this.hints.shift();
    if (next === undefined) {
      await this.clock.delay(3_600_000, signal);
    }
    return next ?? NO_ANSWER;
  }
}
