/**
 * What to do about one path, given the streams that share it and what was observed. Pure: it tells
 * the entities what happened and answers what the node should be told.
 *
 * Never: remove a path that an active stream wants, unless it is parked; act on an inconclusive look; claim RUNNING
 * without evidence for the applied generation; change a status at a first look.
 */
import { assertNever } from '#kernel/assert-never.js';

import { type Observation } from './fold.js';
import { Reason } from './reason.js';
import { type Stream, type StreamChange } from './stream.js';

/** `restart` closes the connection that is there, which an identical body would leave alone. */
export type Action = 'none' | 'apply' | 'restart' | 'remove';

export interface Policy {
  /** How long a path may be present and silent before its stream is an ERROR, in ms. */
  readonly sourceDeadlineMs: number;
}

export interface Plan {
  readonly action: Action;
  readonly change: StreamChange | null;
}

/** One stream. For several streams on one path use `planPath`. */
export function plan(stream: Stream, observation: Observation, policy: Policy): Plan {
  const action = stream.isActive
    ? planWanted(stream, observation, policy)
    : planUnwanted(stream, observation);
  return { action, change: stream.change() };
}

/**
 * All streams of the working set that share a path: at most one is active. When one is, the path is
 * its own, and a removal that was still pending for an older stream has nothing left to remove.
 */
export function planPath(
  streams: readonly Stream[],
  observe: (stream: Stream) => Observation,
  policy: Policy,
): { action: Action; changes: StreamChange[] } {
  const [only] = streams;
  if (only !== undefined && streams.length === 1) {
    const { action, change } = plan(only, observe(only), policy);
    return { action, changes: change === null ? [] : [change] };
  }
  const active = streams.find((stream) => stream.isActive);
  const plans = streams.map((stream) => {
    const observation = observe(stream);
    return active === undefined || stream === active || observation.kind === 'inconclusive'
      ? plan(stream, observation, policy)
      : takenOver(stream);
  });
  const changes = plans.flatMap(({ change }) => (change === null ? [] : [change]));
  return { action: plans.find(({ action }) => action !== 'none')?.action ?? 'none', changes };
}

function takenOver(stream: Stream): Plan {
  stream.removed();
  return { action: 'none', change: stream.change() };
}

function planUnwanted(stream: Stream, observation: Observation): Action {
  switch (observation.kind) {
    case 'inconclusive':
      return 'none';
    case 'absent':
      if (!observation.isFirst) {
        stream.removed();
      }
      return 'none';
    case 'present':
      return 'remove';
    default:
      return assertNever(observation);
  }
}

function planWanted(stream: Stream, observation: Observation, policy: Policy): Action {
  switch (observation.kind) {
    case 'inconclusive':
      return 'none';
    case 'absent':
      return planAbsent(stream, observation);
    case 'present':
      return planPresent(stream, observation, policy);
    default:
      return assertNever(observation);
  }
}

function planAbsent(stream: Stream, observation: Observation & { kind: 'absent' }): Action {
  if (stream.isParked) {
    return 'none';
  }
  if (stream.snapshot.status === 'RUNNING' && !observation.isFirst) {
    stream.observedLost();
  }
  return observation.mayApply ? 'apply' : 'none';
}

function planPresent(
  stream: Stream,
  observation: Observation & { kind: 'present' },
  policy: Policy,
): Action {
  if (stream.isParked) {
    return 'remove';
  }
  const { generation, appliedGeneration } = stream.snapshot;
  if (Math.max(appliedGeneration, observation.appliedGeneration) < generation) {
    return observation.mayApply ? 'apply' : 'none';
  }
  stream.applied(generation);
  if (observation.cause.code === Reason.sourceAuthFailed) {
    stream.parked();
    return 'remove';
  }
  if (!observation.isFirst) {
    judge(stream, observation, policy);
  }
  return observation.isStale && observation.mayApply ? 'restart' : 'none';
}

function judge(
  stream: Stream,
  observation: Observation & { kind: 'present' },
  policy: Policy,
): void {
  if (stream.snapshot.onDemand) {
    judgeOnDemand(stream, observation);
  } else if (observation.isFlowing) {
    stream.observedRunning();
  } else if (awaitsMedia(stream)) {
    if (observation.silentForMs >= policy.sourceDeadlineMs) {
      stream.failed(observation.cause.code);
    }
  } else if (stream.snapshot.status === 'ERROR') {
    judgeReason(stream, observation);
  } else if (stream.snapshot.status === 'RUNNING' && observation.isSilent) {
    stream.observedLost();
  }
}

/** The first probe that knows more counts at once; after that two must agree, or reasons would flap. */
function judgeReason(stream: Stream, { cause }: Observation & { kind: 'present' }): void {
  const isVague = stream.snapshot.reason === Reason.sourceNoMedia;
  if (cause.isAgreed || isVague) {
    stream.failed(cause.code);
  }
}

/** A refusal is over once the body was accepted; what is left to say is whether media comes. */
function awaitsMedia({ snapshot }: Stream): boolean {
  return snapshot.status === 'STARTING' || snapshot.reason === Reason.mediaMtxRejected;
}

/** Nobody watching is normal, and only a confirmed silence says so: readers come and go. */
function judgeOnDemand(stream: Stream, observation: Observation & { kind: 'present' }): void {
  if (observation.isFlowing) {
    stream.observedReady(true);
  } else if (stream.snapshot.status !== 'RUNNING' || observation.isSilent) {
    stream.observedReady(false);
  }
}
