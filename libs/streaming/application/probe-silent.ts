/**
 * Asks the cameras of silent paths why nothing comes. Only for the holder of the lease: a camera that
 * counts wrong passwords must not be asked by several. What was learnt goes into the memory of the
 * path, and the same plan as ever decides what it means, at a look of its own right after: a path
 * that is to be parked must be gone before MediaMTX logs in again.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type Observation } from '../domain/fold.js';
import { type Fence } from '../domain/ports/node-leases.js';
import { ProbeAborted, SourceProbe } from '../domain/ports/source-probe.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import {
  PROBE_AFTER_TOLD_MS,
  type Probing,
  answered,
  asked,
  probeInMs,
  unanswered,
} from '../domain/probing.js';
import { type SourceUrl } from '../domain/source-url.js';
import { type StreamState, isWanted } from '../domain/stream.js';
import { HeldLease } from './held-lease.js';
import { LatestTasks } from './latest-tasks.js';
import { LookAtStream } from './look-at-stream.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { PathWriter } from './path-writer.js';
import { stillWanted } from './still-wanted.js';
import { streamLine } from './stream-line.js';
import { StreamingSettings } from './streaming-settings.js';

interface Asked {
  readonly state: StreamState;
  readonly source: SourceUrl;
  readonly holder: Fence;
}

@Injectable()
export class ProbeSilent {
  private readonly logger = new Logger('Stream');
  /** By stream, about the generation that is asked about. */
  private readonly underWay = new LatestTasks<number>();
  private nextAtMs = 0;

  constructor(
    private readonly probe: SourceProbe,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly lookAt: LookAtStream,
    private readonly writer: PathWriter,
    private readonly lease: HeldLease,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins to ask, if it is time to, and does not wait for the answer.
   * @returns in how many ms another look would find that it is time; null: not as far as known
   */
  consider(state: StreamState, observation: Observation): number | null {
    const inMs = this.mayProbe(state, observation);
    if (inMs !== 0) {
      return inMs;
    }
    this.remember(state, asked);
    this.underWay.start(state.id, state.generation, ({ signal }) => this.run(state, signal));
    return null;
  }

  /** Leaves the cameras alone; resolves when nothing is under way. */
  close(): Promise<void> {
    return this.underWay.close();
  }

  private mayProbe(state: StreamState, observation: Observation): number | null {
    const isBusy = this.underWay.about(state.id) === state.generation;
    const mayAsk = !this.underWay.isClosed && !isBusy && this.lease.current !== null;
    if (!mayAsk || !isSilenceWrong(state, observation)) {
      return null;
    }
    return this.node.agent.isHeard ? this.unlessTold(state) : observation.probeInMs;
  }

  /** The node may still say it itself, and then nobody else need ask. */
  private unlessTold({ id }: StreamState): number | null {
    const nowMs = this.clock.monotonicMs();
    return probeInMs(this.memory.probingOf(id), nowMs, PROBE_AFTER_TOLD_MS);
  }

  private async run(state: StreamState, signal: AbortSignal): Promise<void> {
    try {
      await this.takeTurn(signal);
      const known = await this.ask(state, signal);
      this.node.episodes.worked(this.node.episodes.notProbed, state);
      if (known !== null) {
        await this.conclude(known, signal);
      }
    } catch (err) {
      this.failed(state, err);
    } finally {
      this.remember(state, unanswered);
    }
  }

  /** Cameras that fell silent together are dialled at the pace at which they were dialled before. */
  private async takeTurn(signal: AbortSignal): Promise<void> {
    const { dialsPerSecond } = this.settings;
    const nowMs = this.clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.nextAtMs);
    this.nextAtMs = turnMs + (dialsPerSecond === 0 ? 0 : 1_000 / dialsPerSecond);
    if (turnMs > nowMs) {
      await this.clock.delay(turnMs - nowMs, signal);
    }
  }

  /** @returns null when nothing was learnt */
  private async ask(state: StreamState, signal: AbortSignal): Promise<Asked | null> {
    const asked = await this.subjectOf(state);
    if (asked === null) {
      return null;
    }
    const isStillDue = (): boolean => this.isDue(state, asked.holder);
    const isPatient = this.memory.probingOf(state.id).probes > 0;
    const report = await this.probe.probe(asked.source, { signal, isStillDue, isPatient });
    if (!isStillDue()) {
      return null;
    }
    const time = { nowMs: this.clock.monotonicMs(), random: Math.random() };
    this.remember(state, (probing) => answered(probing, report, time));
    this.logger.debug(
      { ...streamLine(this.settings.nodeId, state), report },
      'silent camera asked',
    );
    return asked;
  }

  /** As it is now that its turn has come; null when there is nothing to ask any more. */
  private async subjectOf(state: StreamState): Promise<Asked | null> {
    const wanted = stillWanted(
      await this.streams.intentFor(this.settings.nodeId, state.path),
      state,
    );
    const holder = this.lease.current;
    return wanted === null || holder === null
      ? null
      : { state: wanted.state, source: wanted.spec.source, holder };
  }

  /** Silent still, of the same generation, and still ours to ask about. */
  private isDue({ id, generation }: StreamState, holder: Fence): boolean {
    const isQuiet = this.memory.probingOf(id).quietSinceMs !== null;
    const isSame = this.memory.generationOf(id) === generation;
    return isQuiet && isSame && this.lease.current?.epoch === holder.epoch;
  }

  private async conclude({ state, holder }: Asked, signal: AbortSignal): Promise<void> {
    const { action } = await this.lookAt.execute(state, holder, signal);
    if (action === 'remove') {
      await this.writer.enqueue({ path: state.path, priority: 'interactive' });
    }
  }

  /** Said once: what keeps one from being asked, such as a database that is out, keeps all. */
  private failed(state: StreamState, err: unknown): void {
    if (!(err instanceof ProbeAborted)) {
      this.node.episodes.failed(this.node.episodes.notProbed, err, state);
    }
  }

  private remember(state: StreamState, change: (probing: Probing) => Probing): void {
    this.memory.updateGeneration(state, this.clock.monotonicMs(), (memo) => ({
      ...memo,
      probing: change(memo.probing),
    }));
  }
}

/** Nobody pulls an idle camera on demand, or one whose path is not applied yet: both are silent. */
function isSilenceWrong(
  state: StreamState,
  observation: Observation,
): observation is Observation & { kind: 'present' } {
  return (
    isWanted(state) &&
    !state.onDemand &&
    observation.kind === 'present' &&
    Math.max(state.appliedGeneration, observation.appliedGeneration) >= state.generation
  );
}
