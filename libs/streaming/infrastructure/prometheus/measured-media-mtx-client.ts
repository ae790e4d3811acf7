/** A client whose calls are counted and timed. */
import { type Clock } from '#kernel/clock.js';

import { type Look, type PathLook } from '../../domain/look.js';
import { type NodeFacts } from '../../domain/node-hazards.js';
import {
  type ConfigAudit,
  MediaMtxClient,
  type NodeInfo,
  type PathSpec,
  type WriteOutcome,
} from '../../domain/ports/media-mtx-client.js';
import { type CallMetrics, type Operation, type Outcome } from './call-metrics.js';

export class MeasuredMediaMtxClient extends MediaMtxClient {
  constructor(
    private readonly client: MediaMtxClient,
    private readonly metrics: CallMetrics,
    private readonly clock: Clock,
  ) {
    super();
  }

  override look(signal?: AbortSignal): Promise<Look> {
    return this.measure('look', () => this.client.look(signal), outcomeOf);
  }

  override lookAt(path: string, signal?: AbortSignal): Promise<PathLook> {
    return this.measure('look_at', () => this.client.lookAt(path, signal), outcomeOf);
  }

  override replace(path: string, spec: PathSpec, signal?: AbortSignal): Promise<WriteOutcome> {
    return this.measure('replace', () => this.client.replace(path, spec, signal), outcomeOf);
  }

  override remove(path: string, signal?: AbortSignal): Promise<WriteOutcome> {
    return this.measure('remove', () => this.client.remove(path, signal), outcomeOf);
  }

  override auditConfig(
    wanted: ReadonlyMap<string, PathSpec>,
    signal?: AbortSignal,
  ): Promise<ConfigAudit> {
    return this.measure('audit_config', () => this.client.auditConfig(wanted, signal), outcomeOf);
  }

  override inspect(ownPath: string, signal?: AbortSignal): Promise<NodeFacts | null> {
    return this.measure('inspect', () => this.client.inspect(ownPath, signal), ofNullable);
  }

  override info(signal?: AbortSignal): Promise<NodeInfo | null> {
    return this.measure('info', () => this.client.info(signal), ofNullable);
  }

  private async measure<T>(
    operation: Operation,
    call: () => Promise<T>,
    outcome: (answer: T) => Outcome,
  ): Promise<T> {
    const startedMs = this.clock.monotonicMs();
    const answer = await call();
    this.metrics.called(operation, outcome(answer), this.clock.monotonicMs() - startedMs);
    return answer;
  }
}

const OUTCOME_OF: Readonly<Record<(Look | WriteOutcome)['kind'], Outcome>> = {
  complete: 'ok',
  accepted: 'ok',
  rejected: 'rejected',
  inconclusive: 'failed',
  unknown: 'failed',
};

function outcomeOf({ kind }: Pick<Look | PathLook | ConfigAudit | WriteOutcome, 'kind'>): Outcome {
  return OUTCOME_OF[kind];
}

function ofNullable(answer: object | null): Outcome {
  return answer === null ? 'failed' : 'ok';
}
