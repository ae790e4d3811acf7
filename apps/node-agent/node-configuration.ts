import pLimit from 'p-limit';

import { type Settings } from './boot/base-file.js';
import { bootFile } from './boot/boot-file.js';
import { type BootFiles } from './boot/boot-files.js';
import { type PathSelector } from './boot/path-selector.js';
import { type WatchedPaths } from './log/watched-paths.js';
import { type LeftOut, type WantedSet, judgeSources } from './wanted/wanted-set.js';
import { type WantedStore } from './wanted/wanted-store.js';

export interface ConfigurationParts {
  readonly base: Settings;
  readonly store: WantedStore;
  readonly selector: PathSelector;
  readonly files: BootFiles;
  readonly watched: WatchedPaths;
}

/** Too low: two replicas at once are refused. Too high: bodies of many megabytes pile up. */
const MOST_WAITING = 4;

export interface Accepted {
  readonly revision: string;
  readonly leftOut: readonly LeftOut[];
}

/** What is wanted on this node, and the file of the next start that follows from it. */
export class NodeConfiguration {
  private readonly oneAtATime = pLimit(1);
  private wanted: WantedSet | null = null;
  private left: readonly LeftOut[] = [];

  constructor(private readonly parts: ConfigurationParts) {}

  get revision(): string | null {
    return this.wanted?.revision ?? null;
  }

  get leftOut(): readonly LeftOut[] {
    return this.left;
  }

  get isBusy(): boolean {
    return this.oneAtATime.pendingCount >= MOST_WAITING;
  }

  /** What was wanted when we last ran; the file of the next start is ready when this returns. */
  restore(wanted: WantedSet | null): Promise<void> {
    return this.oneAtATime(() => this.use(wanted));
  }

  /** On disk, and in the file of the next start, when this returns. The same once more is no write. */
  put(wanted: WantedSet): Promise<Accepted> {
    return this.oneAtATime(async () => {
      if (wanted.revision !== this.revision) {
        await this.parts.store.save(wanted);
        await this.use(wanted);
      }
      return { revision: wanted.revision, leftOut: this.left };
    });
  }

  /** Tries every path again: MediaMTX did not take a file of paths that it had accepted. */
  tryAgain(): Promise<void> {
    this.parts.selector.distrust();
    return this.oneAtATime(() => this.use(this.wanted));
  }

  private async use(wanted: WantedSet | null): Promise<void> {
    const { base, selector, files, watched } = this.parts;
    const { usable, leftOut } = await selector.select(judgeSources(wanted?.paths ?? {}));
    await files.prepare({ text: bootFile(base, usable), revision: wanted?.revision ?? null });
    this.wanted = wanted;
    this.left = leftOut;
    watched.watch(usable.keys());
  }
}
