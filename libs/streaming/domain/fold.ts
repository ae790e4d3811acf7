/**
 * Evidence: what the looks at one path, taken together, prove.
 *
 * `available` alone proves nothing, since MediaMTX sets it before the first packet: media flows when
 * the byte counter *grew between two looks under one availableTime*. Silence is a clock that counts
 * only the time between conclusive looks that found the path present and silent: it pauses while
 * looks are inconclusive and starts anew when the path is absent, so that nothing becomes an ERROR
 * by waiting for a node or in a queue. Times are monotonic milliseconds.
 */
import { type PathSample, ownSample } from './look.js';
import {
  type Probing,
  type SilenceCause,
  type SourceFault,
  UNASKED,
  causeOf,
  dialled,
  isTelling,
  probeInMs,
  sawMedia,
  sawNoPath,
  sawSilence,
  told,
} from './probing.js';

/**
 * The longest gap between two looks that counts as silence. Too low: a slow interval never reaches
 * the deadline. Too high: a process that was frozen takes its own freeze for the camera's silence.
 */
export const MAX_COUNTED_GAP_MS = 10_000;

/** Silence is confirmed by two looks at least this far apart; less would count 1 s blips as losses. */
export const SILENCE_CONFIRMED_MS = 4_000;

/**
 * A connection that goes on for this long after its source was replaced was not closed: the write was
 * the same as one before, or never applied. Too low: one that is applied late is cut twice.
 */
export const STALE_CONFIRMED_MS = 4_000;

/** Memory of one process about one stream's path; never stored. */
export interface PathMemo {
  readonly availableTime: string | null;
  readonly inboundBytes: number;
  /** The connection by which media came last; null when none has come. */
  readonly flowedTime: string | null;
  /** Conclusive looks so far; the first one changes no status. */
  readonly looks: number;
  /** When the last conclusive look was; null while the clock of silence is paused. */
  readonly lookedAtMs: number | null;
  /** How long the path has been silent, as far as counted; null when it is not. */
  readonly silentForMs: number | null;
  /** The newest generation that was looked at; 0 when none. */
  readonly generation: number;
  /** The generation that this process saw MediaMTX accept; 0 when none. */
  readonly appliedGeneration: number;
  /** The connection that was known before that generation was applied: it proves nothing for it. */
  readonly staleAvailableTime: string | null;
  /** Since when media comes by that connection all the same; null when none does. */
  readonly staleSinceMs: number | null;
  readonly probing: Probing;
  /** What failed until then is over: the last dial, or media. */
  readonly deafUntilMs: number;
  /** MediaMTX's refusals of this stream's body in a row. */
  readonly refusals: number;
  /** Not applied before; the body was refused, or the camera is asked first. */
  readonly retryAtMs: number;
}

export const EMPTY_MEMO: PathMemo = {
  availableTime: null,
  inboundBytes: 0,
  flowedTime: null,
  looks: 0,
  lookedAtMs: null,
  silentForMs: null,
  generation: 0,
  appliedGeneration: 0,
  staleAvailableTime: null,
  staleSinceMs: null,
  probing: UNASKED,
  deafUntilMs: Number.NEGATIVE_INFINITY,
  refusals: 0,
  retryAtMs: 0,
};

/** What the looks so far say about one path. */
export type Observation =
  | { readonly kind: 'inconclusive' }
  | {
      readonly kind: 'absent';
      readonly isFirst: boolean;
      /** False while a refused body waits for its next try. */
      readonly mayApply: boolean;
    }
  | {
      readonly kind: 'present';
      readonly isFirst: boolean;
      readonly mayApply: boolean;
      readonly appliedGeneration: number;
      /** Bytes grew since the last look, under one availableTime. */
      readonly isFlowing: boolean;
      /** Silent in looks at least SILENCE_CONFIRMED_MS apart. */
      readonly isSilent: boolean;
      readonly silentForMs: number;
      /** Media comes, but by the connection from before this generation. */
      readonly isStale: boolean;
      readonly cause: SilenceCause;
      /** As `probeInMs` of probing.ts. */
      readonly probeInMs: number | null;
    };

export interface Folded {
  readonly memo: PathMemo;
  readonly observation: Observation;
}

/** @param seen the path's sample, null when a complete look did not show it, or 'inconclusive' */
export function fold(
  memo: PathMemo,
  seen: PathSample | null | 'inconclusive',
  nowMs: number,
): Folded {
  if (seen === 'inconclusive') {
    return { memo: { ...memo, lookedAtMs: null }, observation: { kind: 'inconclusive' } };
  }
  const sample = ownSample(seen);
  return sample === null ? foldAbsent(memo, nowMs) : foldPresent(memo, sample, nowMs);
}

function foldAbsent(memo: PathMemo, nowMs: number): Folded {
  return {
    memo: {
      ...memo,
      availableTime: null,
      inboundBytes: 0,
      looks: memo.looks + 1,
      lookedAtMs: nowMs,
      silentForMs: null,
      staleSinceMs: null,
      probing: sawNoPath(memo.probing),
    },
    observation: {
      kind: 'absent',
      isFirst: memo.looks === 0,
      mayApply: nowMs >= memo.retryAtMs,
    },
  };
}

function foldPresent(memo: PathMemo, sample: PathSample, nowMs: number): Folded {
  const isMedia = isMoving(memo, sample);
  const silentForMs = isMedia ? null : silenceSoFar(memo, nowMs);
  const countedMs = silentForMs ?? 0;
  const staleSinceMs = isMedia ? staleSince(memo, sample, nowMs) : null;
  const probing = isMedia
    ? sawMedia(memo.probing, nowMs)
    : sawSilence(memo.probing, sample.available, nowMs);
  const flowed = isMedia ? { time: sample.availableTime, atMs: nowMs } : lastFlow(memo);
  return {
    // Field by field: a spread costs several times as much, and each tick does this for every path.
    memo: {
      availableTime: sample.availableTime,
      inboundBytes: sample.inboundBytes,
      flowedTime: flowed.time,
      looks: memo.looks + 1,
      lookedAtMs: nowMs,
      silentForMs,
      generation: memo.generation,
      appliedGeneration: memo.appliedGeneration,
      staleAvailableTime: memo.staleAvailableTime,
      staleSinceMs,
      probing,
      deafUntilMs: flowed.atMs,
      refusals: memo.refusals,
      retryAtMs: memo.retryAtMs,
    },
    observation: {
      kind: 'present',
      isFirst: memo.looks === 0,
      mayApply: nowMs >= memo.retryAtMs,
      appliedGeneration: memo.appliedGeneration,
      isFlowing: hasGrown(memo, sample) && sample.availableTime !== memo.staleAvailableTime,
      isSilent: countedMs >= SILENCE_CONFIRMED_MS,
      silentForMs: countedMs,
      isStale: nowMs - (staleSinceMs ?? nowMs) >= STALE_CONFIRMED_MS,
      cause: causeOf(probing),
      probeInMs: probeInMs(probing, nowMs),
    },
  };
}

function lastFlow({ flowedTime, deafUntilMs }: PathMemo): { time: string | null; atMs: number } {
  return { time: flowedTime, atMs: deafUntilMs };
}

function staleSince(memo: PathMemo, sample: PathSample, nowMs: number): number | null {
  const isOld = sample.availableTime === memo.staleAvailableTime;
  return isOld ? (memo.staleSinceMs ?? nowMs) : null;
}

function hasGrown(memo: PathMemo, sample: PathSample): boolean {
  return (
    sample.available &&
    sample.availableTime !== null &&
    sample.availableTime === memo.availableTime &&
    sample.inboundBytes > memo.inboundBytes
  );
}

/** Weaker than growth: a counter that restarted, or a new connection that has bytes, is no silence. */
function isMoving(memo: PathMemo, sample: PathSample): boolean {
  if (!sample.available || sample.inboundBytes === 0) {
    return false;
  }
  const isSameCount =
    sample.availableTime === memo.availableTime && sample.inboundBytes === memo.inboundBytes;
  return !isSameCount;
}

function silenceSoFar(memo: PathMemo, nowMs: number): number {
  if (memo.silentForMs === null) {
    return 0;
  }
  const gapMs = memo.lookedAtMs === null ? 0 : nowMs - memo.lookedAtMs;
  return memo.silentForMs + Math.min(gapMs, MAX_COUNTED_GAP_MS);
}

/**
 * Something else is asked for since the last look: the connection known until now belongs to what was
 * asked for before, whoever tells the node, and what the camera said is void.
 */
export function rememberGeneration(memo: PathMemo, generation: number): PathMemo {
  if (generation <= memo.generation) {
    return memo;
  }
  return memo.generation === 0 ? { ...memo, generation } : { ...afresh(memo), generation };
}

function afresh(memo: PathMemo): PathMemo {
  return {
    ...memo,
    staleAvailableTime: memo.availableTime ?? memo.staleAvailableTime,
    silentForMs: null,
    staleSinceMs: null,
    probing: UNASKED,
    refusals: 0,
    retryAtMs: 0,
  };
}

/** What MediaMTX accepted, and what the row knew to be accepted until then. */
export interface Accepted {
  readonly generation: number;
  readonly storedGeneration: number;
  readonly nowMs: number;
}

/**
 * MediaMTX accepted a generation: evidence for it starts afresh. A later generation has another
 * source, so the connection known until now proves nothing for it. A first one may have found its
 * path in place (stop, then start): an identical body leaves that connection alone, and it counts.
 * So does an identical one of a later generation (accepted once already, and its writer died): then
 * the connection stays, is never believed, and is cut as stale.
 */
export function rememberApplied(
  memo: PathMemo,
  { generation, storedGeneration, nowMs }: Accepted,
): PathMemo {
  const isNew = generation > Math.max(memo.appliedGeneration, storedGeneration);
  const { probing, ...base } = isNew && generation > 1 ? afresh(memo) : memo;
  return {
    ...base,
    generation: Math.max(generation, memo.generation),
    appliedGeneration: generation,
    refusals: 0,
    retryAtMs: 0,
    silentForMs: isNew ? null : base.silentForMs,
    staleSinceMs: null,
    probing: dialled(probing, nowMs),
    deafUntilMs: nowMs,
  };
}

/**
 * Whether media flows again, by another connection than before. Of a stream that counts as RUNNING
 * all the while this is an interruption that no two looks have confirmed.
 */
export function hasBlipped(before: PathMemo, after: PathMemo): boolean {
  return before.flowedTime !== null && after.flowedTime !== before.flowedTime;
}

/** Whether what the node tells is news, and about what is wrong now. */
export function isNews(memo: PathMemo, fault: SourceFault): boolean {
  return fault.atMs > memo.deafUntilMs && isTelling(memo.probing, fault);
}

/** The node has tried the source, in vain, and tells why. */
export function rememberTold(memo: PathMemo, fault: SourceFault, nowMs: number): PathMemo {
  return isNews(memo, fault) ? { ...memo, probing: told(memo.probing, fault, nowMs) } : memo;
}

/** Too low: a wrong body is sent for ever at speed. Too high: a healed node is noticed late. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;

/** MediaMTX refused the body: no refusal is final, but retries space out up to five minutes. */
export function rememberRefused(memo: PathMemo, nowMs: number): PathMemo {
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** memo.refusals, LAST_RETRY_MS);
  return { ...memo, refusals: memo.refusals + 1, retryAtMs: nowMs + waitMs };
}
