/** Everything that a MediaMTX process keeps in memory, and therefore loses when it dies. */
import { Configuration, type FileContent } from './configuration.js';
import { goTime, now } from './go-time.js';
import { type ConfiguredPath } from './path-body.js';
import { RuntimePaths } from './runtime-paths.js';
import { type SourceWorld } from './source-behaviour.js';
import { type Timings } from './timings.js';
import { WriterQueue } from './writer-queue.js';

/** How a write is carried out; faults bend it. */
export interface WriteManner {
  readonly applyDelayMs: number;
  readonly neverApply: boolean;
}

export interface WriteCosts {
  readonly writeCostMsPerPath: number;
}

interface Validated {
  readonly configuration: Configuration;
  readonly paths: ReadonlyMap<string, ConfiguredPath>;
}

export type Change = (configuration: Configuration) => Configuration;

export class ProcessState {
  readonly started = goTime(now());
  readonly runtime: RuntimePaths;
  private readonly queue = new WriterQueue();
  /** Answered, and not shown yet. */
  private unapplied: Validated | null = null;
  /** What GET shows: the state after the last applied write. */
  private shown: Validated;

  constructor(
    file: FileContent,
    world: SourceWorld,
    timings: Timings,
    private readonly costs: WriteCosts,
  ) {
    this.runtime = new RuntimePaths(world, timings);
    this.shown = validated(Configuration.fromFile(file));
    this.runtime.reload(this.shown.paths, now());
  }

  get configuration(): Configuration {
    return this.shown.configuration;
  }

  get paths(): ReadonlyMap<string, ConfiguredPath> {
    return this.shown.paths;
  }

  /** Resolves when the server would answer, which is before the change shows; throws a Refusal. */
  write(change: Change, manner: WriteManner): Promise<void> {
    return new Promise((answer, refuse) => {
      this.queue.enqueue(async () => {
        await this.queue.spend(this.configuration.size * this.costs.writeCostMsPerPath);
        try {
          if (manner.neverApply) validated(change(this.configuration.detached()));
          else this.unapplied = validated(change(this.configuration));
        } catch (refusal) {
          refuse(refusal instanceof Error ? refusal : new Error(String(refusal)));
          return;
        }
        answer();
        await this.queue.sleep(manner.applyDelayMs);
        this.applyPending();
      });
    });
  }

  /** Another client's write, done before anybody looks again. */
  writeNow(change: Change): void {
    this.applyPending();
    this.apply(validated(change(this.configuration)));
  }

  reloadFile(file: FileContent): void {
    this.applyPending();
    this.apply(validated(Configuration.fromFile(file)));
  }

  die(): void {
    this.queue.die();
  }

  private applyPending(): void {
    if (this.unapplied !== null) this.apply(this.unapplied);
    this.unapplied = null;
  }

  private apply(next: Validated): void {
    this.shown = next;
    this.runtime.reload(next.paths, now());
  }
}

function validated(configuration: Configuration): Validated {
  return { configuration, paths: configuration.validated() };
}
