/**
 * Requests that cannot be served for now, such as all of them while the database is out: a line each
 * would bury the rest, so it is said when it begins and when it is over, with how many they were.
 */
import { AsyncResource } from 'node:async_hooks';

import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';
import { Episode } from '#kernel/episode.js';

/**
 * For how long nobody is refused until that is over. Too low: what comes and goes is said again and
 * again. Too high: the end is said late.
 */
const QUIET_MS = 10_000;

interface Refused {
  readonly episode: Episode;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

@Injectable()
export class Refusals implements OnApplicationShutdown {
  private readonly logger = new Logger('Http');
  private readonly byCode = new Map<string, Refused>();
  private readonly stopping = new AbortController();

  /** Not as the request that was refused first: the end is not its own. */
  private readonly outside = AsyncResource.bind((run: () => void) => {
    run();
  });

  constructor(private readonly clock: Clock) {}

  /** @param code of the problem @param line the request, and why */
  refused(code: string, line: Readonly<Record<string, unknown>>): void {
    const nowMs = this.clock.monotonicMs();
    const known = this.byCode.get(code);
    if (known !== undefined) {
      known.lastMs = nowMs;
      known.count += 1;
      this.logger.debug(line, 'request refused for now');
      return;
    }
    const episode = new Episode(this.logger, this.clock, {
      begins: 'requests are refused for now',
      ends: 'requests are not refused any more',
      facts: { code },
    });
    const begun = { episode, firstMs: nowMs, lastMs: nowMs, count: 1 };
    this.byCode.set(code, begun);
    episode.begin(line);
    this.outside(() => void this.untilQuiet(code, begun));
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async untilQuiet(code: string, refused: Refused): Promise<void> {
    const { signal } = this.stopping;
    const leftMs = (): number => refused.lastMs + QUIET_MS - this.clock.monotonicMs();
    while (leftMs() > 0 && !signal.aborted) {
      await this.clock.delay(leftMs(), signal);
    }
    this.byCode.delete(code);
    const { episode, firstMs, lastMs, count } = refused;
    if (signal.aborted) {
      episode.leave();
    } else {
      episode.end(undefined, { requests: count, outageMs: Math.round(lastMs - firstMs) });
    }
  }
}
