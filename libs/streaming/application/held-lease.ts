/**
 * This process's hold on its node. The holder trusts its lease only for two thirds of its life,
 * counted from *before* the renewal was sent, on a clock that cannot be set: a process that was
 * frozen finds its hold gone before it acts, and the epoch stops what it might still write.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type Fence, NodeLeases } from '../domain/ports/node-leases.js';
import { DriftLedger } from './drift-ledger.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

@Injectable()
export class HeldLease {
  private readonly logger = new Logger('Node');
  private fence: Fence | null = null;
  private heldSinceMs = 0;
  private savedConditions = '';
  private hasSaidLook = false;

  constructor(
    private readonly leases: NodeLeases,
    private readonly node: NodeState,
    private readonly memory: NodeMemory,
    private readonly drift: DriftLedger,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** Null when this process must not act for the node. */
  get current(): Fence | null {
    const isSafe = this.clock.monotonicMs() - this.heldSinceMs < this.settings.leaseSafeMs;
    return isSafe ? this.fence : null;
  }

  /** Held, and renewed less than `ms` ago. */
  isFresh(ms: number): boolean {
    return this.current !== null && this.clock.monotonicMs() - this.heldSinceMs < ms;
  }

  /** True once there is a first look worth saying: health should not wait for the next renewal. */
  get isLookUnsaid(): boolean {
    return !this.hasSaidLook && this.node.lookAgeMs !== null;
  }

  /** @returns true when the lease was just gained */
  async renew(): Promise<boolean> {
    const sentAtMs = this.clock.monotonicMs();
    // Who does not hold the lease has nothing to say: another holder may have looked since.
    const lookAgeMs = this.fence === null ? null : this.node.lookAgeMs;
    const fence = await this.leases.hold(this.settings.nodeId, lookAgeMs);
    this.hasSaidLook = lookAgeMs !== null;
    const isGained = fence !== null && fence.epoch !== this.fence?.epoch;
    if (fence === null && this.fence !== null) {
      this.logger.warn({ nodeId: this.settings.nodeId }, 'lease lost to another instance');
      this.node.holdEnded();
    } else if (fence === null) {
      this.node.notHeld();
    }
    this.fence = fence;
    this.heldSinceMs = sentAtMs;
    if (isGained) {
      this.gained(fence);
    }
    return isGained;
  }

  /** Written on change only. */
  async saveConditions(fence: Fence): Promise<void> {
    const { conditions } = this.node;
    // With its epoch: one that was lost meanwhile has written nothing.
    const text = JSON.stringify([fence.epoch, conditions]);
    if (text !== this.savedConditions) {
      await this.leases.saveConditions(fence, conditions);
      this.savedConditions = text;
    }
  }

  async release(): Promise<void> {
    const { fence } = this;
    this.fence = null;
    // Also where another holds it: what our own writes have met ends with us.
    this.node.holdEnded();
    if (fence !== null) {
      await this.leases.release(fence);
    }
  }

  private gained({ nodeId, epoch }: Fence): void {
    this.memory.reset();
    this.drift.reset();
    this.node.newHolder();
    this.savedConditions = '';
    this.logger.log({ nodeId, epoch }, 'lease gained');
  }
}
