/**
 * The clockwork of a node: renew the lease, and tick while it is held. Started when the application
 * is up, stopped first when it drains, so that another replica takes over at once.
 */
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';

import { Clock } from '#kernel/clock.js';
import { BackgroundLoop } from '#platform/background-loop.js';

import { FollowStream } from '../application/follow-stream.js';
import { HeldLease } from '../application/held-lease.js';
import { PathWriter } from '../application/path-writer.js';
import { ReconcileNode } from '../application/reconcile-node.js';

export abstract class NodeJobSettings {
  abstract readonly reconcileIntervalMs: number;
  abstract readonly leaseRenewMs: number;
}

/**
 * Looks after a tick has written: media needs a moment, and RUNNING needs two looks. Sooner than the
 * next tick, so that a restored stream does not wait two of them.
 */
const EXTRA_LOOKS_MS = [1_000, 3_000];

const INTERVALS = ['lease', 'reconcile'];

@Injectable()
export class NodeJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Node');
  private readonly leaseLoop: BackgroundLoop;
  private readonly tickLoop: BackgroundLoop;

  constructor(
    private readonly lease: HeldLease,
    private readonly reconcile: ReconcileNode,
    private readonly writer: PathWriter,
    private readonly follow: FollowStream,
    private readonly scheduler: SchedulerRegistry,
    private readonly settings: NodeJobSettings,
    clock: Clock,
  ) {
    this.leaseLoop = new BackgroundLoop('Lease', () => this.renew(), clock);
    this.tickLoop = new BackgroundLoop('Reconcile', () => this.tick(), clock);
  }

  onApplicationBootstrap(): void {
    this.schedule('lease', this.leaseLoop, this.settings.leaseRenewMs);
    this.schedule('reconcile', this.tickLoop, this.settings.reconcileIntervalMs);
    this.leaseLoop.poke();
  }

  async beforeApplicationShutdown(): Promise<void> {
    INTERVALS.forEach((name) => {
      this.scheduler.deleteInterval(name);
    });
    await Promise.all([this.leaseLoop.stop(), this.tickLoop.stop(), this.follow.close()]);
    await this.writer.close();
    await this.lease.release().catch((err: unknown) => {
      this.logger.warn({ err }, 'lease not released; it expires by itself');
    });
  }

  private schedule(name: string, loop: BackgroundLoop, everyMs: number): void {
    const interval = setInterval(() => {
      loop.tick();
    }, everyMs);
    this.scheduler.addInterval(name, interval);
  }

  private async renew(): Promise<void> {
    if (await this.lease.renew()) {
      this.tickLoop.poke();
      this.extraLooks();
    }
  }

  private async tick(): Promise<void> {
    const fence = this.lease.current;
    if (fence === null) {
      return;
    }
    const result = await this.reconcile.execute(fence);
    await this.lease.saveConditions(fence);
    if (this.lease.isLookUnsaid) {
      this.leaseLoop.poke();
    }
    if (result.enqueued > 0) {
      void result.written.then(() => {
        this.extraLooks();
      });
    }
  }

  private extraLooks(): void {
    EXTRA_LOOKS_MS.forEach((ms) => {
      this.tickLoop.pokeIn(ms);
    });
  }
}
