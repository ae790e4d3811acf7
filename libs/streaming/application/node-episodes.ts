/**
 * What may be wrong with a node, or with what this process does for it, for a while: each is said
 * once, with its end and length. All of them end for this process with its lease, since only the
 * holder looks whether they are over.
 */
import { Logger } from '@nestjs/common';

import { AppError } from '#kernel/app-error.js';
import { type Clock } from '#kernel/clock.js';
import { Episode, type EpisodeWords } from '#kernel/episode.js';

import { HAZARDS } from '../domain/node-hazards.js';
import { Reason, explain } from '../domain/reason.js';
import { type NamedPath, streamLine } from './stream-line.js';

/** What keeps every path from its turn; no path has this name. */
const DATABASE = ' database';

/**
 * For how long a fault is not met until a process that does not look for it lets it go. Too low: one
 * that lasts is said again and again. Too high: its end is said late.
 */
const QUIET_MS = 30_000;

type Words = Pick<EpisodeWords, 'begins' | 'ends' | 'level'>;

export class NodeEpisodes {
  private readonly logger = new Logger('Node');
  private readonly all: Episode[] = [];
  private readonly hazards = new Map<string, Episode>();

  /** Of looks or writes. */
  readonly unanswered = this.of({ begins: 'node does not answer', ends: 'node answers again' });

  readonly poisoned = this.of({
    begins: explain(Reason.nodeConfigPoisoned),
    ends: 'node accepts writes again',
    level: 'error',
  });

  readonly braked = this.of({
    begins:
      'many paths have no stream in the database; none of them is removed: is this the right database? If it is, run: npm run vigia -- adopt-empty',
    ends: 'paths without a stream are removed again',
    level: 'error',
  });

  readonly notCarried = this.of({
    begins: 'what is wanted is not brought to the node; the next tick tries again',
    ends: 'what is wanted is brought to the node again',
  });

  readonly notAudited = this.of({
    begins: 'configuration not audited; the next tick tries again',
    ends: 'configuration is audited again',
  });

  readonly notProbed = this.of({
    begins: 'silent cameras are not asked; tried again later',
    ends: 'silent cameras are asked again',
  });

  readonly agentUnanswered = this.of({
    begins: 'node agent does not answer; the node is looked after without it',
    ends: 'node agent answers again',
  });

  readonly bootFileStale = this.of({
    begins: 'what MediaMTX boots with is not up to date; tried again',
    ends: 'what MediaMTX boots with is up to date again',
  });

  readonly leftOut = this.of({
    begins: 'paths are left out of what MediaMTX boots with: it would refuse them',
    ends: 'no path is left out of what MediaMTX boots with any more',
  });

  constructor(
    private readonly clock: Clock,
    private readonly nodeId: string,
  ) {}

  /**
   * The database is out, for all paths at once; or it is a fault of ours, for this one.
   * @param path whose it is, as far as that is known
   */
  failed(what: Episode, err: unknown, path: NamedPath): void {
    if (err instanceof AppError && err.kind === 'unavailable') {
      what.begin({ err }, DATABASE);
    } else {
      what.begin({ ...streamLine(this.nodeId, path), err }, path.path);
    }
  }

  worked(what: Episode, { path }: NamedPath): void {
    what.end(DATABASE);
    what.end(path);
  }

  databaseAnswered(): void {
    this.notCarried.end(DATABASE);
    this.notProbed.end(DATABASE);
  }

  /** What works against us in the configuration of the node. */
  hazard(code: string): Episode {
    const known = this.hazards.get(code);
    const episode =
      known ??
      this.of(
        {
          begins: HAZARDS[code] ?? code,
          ends: 'what worked against Vigia in the configuration of the node is gone',
        },
        { code },
      );
    this.hazards.set(code, episode);
    return episode;
  }

  leave(): void {
    this.all.forEach((episode) => {
      episode.leave();
    });
  }

  leaveIfQuiet(): void {
    this.all.forEach((episode) => {
      episode.leaveIfQuiet(QUIET_MS);
    });
  }

  private of(words: Words, facts: Readonly<Record<string, unknown>> = {}): Episode {
    const { nodeId } = this;
    const episode = new Episode(this.logger, this.clock, { ...words, facts: { nodeId, ...facts } });
    this.all.push(episode);
    return episode;
  }
}
