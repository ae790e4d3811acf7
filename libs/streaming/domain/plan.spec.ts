import { describe, expect, it } from '@jest/globals';

import { aStream, streamId } from '#test/support/streaming/a-stream.js';

import { type Observation } from './fold.js';
import { plan, planPath } from './plan.js';
import { Stream, type StreamState } from './stream.js';

const POLICY = { sourceDeadlineMs: 20_000 };

type Present = Extract<Observation, { kind: 'present' }>;
type Absent = Extract<Observation, { kind: 'absent' }>;

const present = (given: Partial<Present> = {}): Present => ({
  kind: 'present',
  isFirst: false,
  mayApply: true,
  appliedGeneration: 0,
  isFlowing: false,
  isSilent: false,
  silentForMs: 0,
  isStale: false,
  cause: { code: 'SOURCE_NO_MEDIA', isAgreed: false },
  probeInMs: null,
  ...given,
});
const flowing = present({ isFlowing: true });
const silentFor = (silentForMs: number): Present =>
  present({ isSilent: silentForMs >= 4_000, silentForMs });
const absent = (given: Partial<Absent> = {}): Absent => ({
  kind: 'absent',
  isFirst: false,
  mayApply: true,
  ...given,
});

function planned(
  state: StreamState,
  observation: Observation,
): { action: string; to: StreamState | null; errorCode: string | null } {
  const { action, change } = plan(new Stream(state), observation, POLICY);
  return { action, to: change?.to ?? null, errorCode: change?.errorCode ?? null };
}

const applied = (given: Partial<StreamState> = {}): StreamState =>
  aStream({ status: 'STARTING', appliedGeneration: 1, ...given });

describe('plan for a stream that is wanted', () => {
  it('makes a STARTING one RUNNING when media flows', () => {
    expect(planned(applied(), flowing)).toMatchObject({
      action: 'none',
      to: { status: 'RUNNING', reason: null },
    });
  });

  it('makes it an ERROR at the deadline, and not a moment before', () => {
    expect(planned(applied(), silentFor(19_999))).toMatchObject({ action: 'none', to: null });
    expect(planned(applied(), silentFor(20_000))).toMatchObject({
      action: 'none',
      to: { status: 'ERROR', reason: 'SOURCE_NO_MEDIA' },
      errorCode: 'SOURCE_NO_MEDIA',
    });
  });

  it('keeps the path of an ERROR in place, however long it is silent', () => {
    expect(planned(aStream({ status: 'ERROR' }), silentFor(3_600_000))).toMatchObject({
      action: 'none',
      to: null,
    });
  });

  it('says what is wrong now with a body that was refused and is accepted since', () => {
    const refused = aStream({ status: 'ERROR', reason: 'MEDIAMTX_REJECTED' });
    expect(planned(refused, silentFor(19_999)).to).toBeNull();
    expect(planned(refused, silentFor(20_000))).toMatchObject({
      to: { status: 'ERROR', reason: 'SOURCE_NO_MEDIA' },
      errorCode: 'SOURCE_NO_MEDIA',
    });
    const locked = aStream({ status: 'ERROR', reason: 'SOURCE_AUTH_FAILED' });
    expect(planned(locked, silentFor(3_600_000)).to).toBeNull();
  });

  it('says at the deadline what the camera has said', () => {
    const cause = { code: 'SOURCE_REFUSED', isAgreed: false };
    expect(planned(applied(), { ...silentFor(20_000), cause })).toMatchObject({
      to: { status: 'ERROR', reason: 'SOURCE_REFUSED' },
      errorCode: 'SOURCE_REFUSED',
    });
  });

  it('replaces a vague reason by the first better one, and a better one only by agreement', () => {
    const [vague, refused] = ['SOURCE_NO_MEDIA', 'SOURCE_REFUSED'].map((reason) =>
      aStream({ status: 'ERROR', reason }),
    );
    const once = { ...silentFor(60_000), cause: { code: 'SOURCE_TIMEOUT', isAgreed: false } };
    const twice = { ...once, cause: { code: 'SOURCE_TIMEOUT', isAgreed: true } };
    expect(planned(vague!, once)).toMatchObject({ to: { reason: 'SOURCE_TIMEOUT' } });
    expect(planned(refused!, once).to).toBeNull();
    expect(planned(refused!, twice)).toMatchObject({
      to: { status: 'ERROR', reason: 'SOURCE_TIMEOUT' },
      errorCode: 'SOURCE_TIMEOUT',
    });
  });

  it.each(['STARTING', 'RUNNING', 'ERROR'] as const)(
    'parks a %s one as soon as its camera has refused the password',
    (status) => {
      const state = aStream({ status, generation: 3, appliedGeneration: 3 });
      const cause = { code: 'SOURCE_AUTH_FAILED', isAgreed: false };
      expect(planned(state, { ...silentFor(3_000), cause })).toMatchObject({
        action: 'remove',
        to: { status: 'ERROR', reason: 'SOURCE_AUTH_FAILED', parkedGeneration: 3 },
        errorCode: 'SOURCE_AUTH_FAILED',
      });
    },
  );

  it('keeps the path of a parked one out, and changes nothing about it', () => {
    const parked = aStream({ status: 'ERROR', reason: 'SOURCE_AUTH_FAILED', parkedGeneration: 1 });
    expect(planned(parked, absent())).toEqual({ action: 'none', to: null, errorCode: null });
    expect(planned(parked, flowing)).toEqual({ action: 'remove', to: null, errorCode: null });
    const retried = { ...parked, status: 'STARTING' as const, generation: 2 };
    expect(planned(retried, absent()).action).toBe('apply');
  });

  it('cuts a connection that goes on from before this generation', () => {
    expect(planned(applied(), present({ isStale: true }))).toMatchObject({
      action: 'restart',
      to: null,
    });
    expect(planned(applied(), present({ isStale: true, mayApply: false })).action).toBe('none');
    const unapplied = aStream({ generation: 2, appliedGeneration: 1 });
    expect(planned(unapplied, present({ isStale: true })).action).toBe('apply');
  });

  it('brings an ERROR back to RUNNING when media flows again, without counting a reconnect', () => {
    expect(planned(aStream({ status: 'ERROR' }), flowing)).toMatchObject({
      to: { status: 'RUNNING', reason: null, reconnects: 0 },
      errorCode: null,
    });
  });

  it('keeps an ERROR whose path is gone, and puts the path back', () => {
    expect(planned(aStream({ status: 'ERROR' }), absent())).toMatchObject({
      action: 'apply',
      to: null,
    });
  });

  it('makes a RUNNING one RECONNECTING when its silence is confirmed, even past the deadline', () => {
    const running = aStream({ status: 'RUNNING' });
    expect(planned(running, silentFor(3_999)).to).toBeNull();
    for (const silentForMs of [4_000, 20_000, 3_600_000]) {
      expect(planned(running, silentFor(silentForMs))).toMatchObject({
        action: 'none',
        to: { status: 'STARTING', reason: 'RECONNECTING' },
        errorCode: null,
      });
    }
  });

  it('makes a RUNNING one RECONNECTING when its path is gone, and puts the path back', () => {
    expect(planned(aStream({ status: 'RUNNING' }), absent())).toMatchObject({
      action: 'apply',
      to: { status: 'STARTING', reason: 'RECONNECTING' },
    });
  });

  it('only puts the path back when a first look does not find it', () => {
    expect(planned(aStream({ status: 'RUNNING' }), absent({ isFirst: true }))).toMatchObject({
      action: 'apply',
      to: null,
    });
  });

  it('counts a reconnect when media comes back', () => {
    expect(planned(applied({ reason: 'RECONNECTING', reconnects: 2 }), flowing)).toMatchObject({
      to: { status: 'RUNNING', reason: null, reconnects: 3 },
    });
  });

  it('applies the path until its generation is known to be accepted, and judges nothing meanwhile', () => {
    expect(planned(aStream(), flowing)).toMatchObject({ action: 'apply', to: null });
    expect(planned(aStream(), silentFor(3_600_000))).toMatchObject({ action: 'apply', to: null });
  });

  it('writes down which generation was accepted', () => {
    expect(planned(aStream(), present({ appliedGeneration: 1 }))).toMatchObject({
      action: 'none',
      to: { status: 'STARTING', appliedGeneration: 1 },
    });
  });

  it('forgets that the node was unreachable once it accepted the path', () => {
    const waiting = aStream({ reason: 'NODE_UNREACHABLE' });
    expect(planned(waiting, present({ appliedGeneration: 1 })).to).toMatchObject({
      status: 'STARTING',
      reason: null,
    });
  });

  it('lets a refused body wait, whether its path is there or not', () => {
    expect(planned(aStream(), absent({ mayApply: false })).action).toBe('none');
    expect(planned(aStream(), present({ mayApply: false })).action).toBe('none');
  });
});

describe('plan for a stream on demand', () => {
  const onDemand = (given: Partial<StreamState>): StreamState =>
    aStream({ onDemand: true, appliedGeneration: 1, ...given });

  it('calls it RUNNING as soon as it is configured as wanted', () => {
    expect(planned(onDemand({ status: 'STARTING' }), present()).to).toMatchObject({
      status: 'RUNNING',
      reason: 'AWAITING_VIEWER',
    });
  });

  it('says when somebody is watching, and takes only a confirmed silence for the end of that', () => {
    const waiting = onDemand({ status: 'RUNNING', reason: 'AWAITING_VIEWER' });
    expect(planned(waiting, flowing).to).toMatchObject({ status: 'RUNNING', reason: null });
    const watched = onDemand({ status: 'RUNNING' });
    expect(planned(watched, silentFor(3_999)).to).toBeNull();
    expect(planned(watched, silentFor(4_000)).to).toMatchObject({ reason: 'AWAITING_VIEWER' });
  });

  it('never calls it an ERROR because nobody watches', () => {
    expect(planned(onDemand({ status: 'STARTING' }), silentFor(3_600_000)).to).toMatchObject({
      status: 'RUNNING',
      reason: 'AWAITING_VIEWER',
    });
  });

  it('makes it RECONNECTING when its path is gone', () => {
    expect(planned(onDemand({ status: 'RUNNING' }), absent())).toMatchObject({
      action: 'apply',
      to: { status: 'STARTING', reason: 'RECONNECTING' },
    });
  });
});

describe('plan for a stream that was stopped', () => {
  const stopped = aStream({ status: 'STOPPED', removalPending: true });

  it('removes its path while it is there', () => {
    expect(planned(stopped, flowing)).toMatchObject({ action: 'remove', to: null });
  });

  it('ends the removal when the path is seen to be gone', () => {
    expect(planned(stopped, absent())).toMatchObject({
      action: 'none',
      to: { status: 'STOPPED', removalPending: false, reason: null },
    });
  });

  it('does not believe a first look that the path is gone', () => {
    expect(planned(stopped, absent({ isFirst: true }))).toMatchObject({ action: 'none', to: null });
  });
});

describe('planPath', () => {
  const old = aStream({ id: streamId(1), status: 'STOPPED', removalPending: true });
  const older = { ...old, id: streamId(0) };

  function together(
    states: readonly StreamState[],
    observation: Observation,
  ): { action: string; to: StreamState[] } {
    const { action, changes } = planPath(
      states.map((state) => new Stream(state)),
      () => observation,
      POLICY,
    );
    return { action, to: changes.map(({ to }) => to) };
  }

  it('leaves the path to the active stream and ends the removals of those before it', () => {
    const active = aStream({ id: streamId(2), status: 'RUNNING' });
    const { action, to } = together([older, old, active], flowing);
    expect(action).toBe('none');
    expect(to).toMatchObject([
      { id: older.id, removalPending: false },
      { id: old.id, removalPending: false },
    ]);
  });

  it('applies the path of the active stream, whichever streams are told first', () => {
    const active = aStream({ id: streamId(2), status: 'RUNNING' });
    expect(together([older, old, active], absent()).action).toBe('apply');
    expect(together([active, old, older], absent()).action).toBe('apply');
  });

  it('ends no removal on an inconclusive look', () => {
    const active = aStream({ id: streamId(2), status: 'RUNNING' });
    expect(together([old, active], { kind: 'inconclusive' })).toEqual({ action: 'none', to: [] });
  });

  it('removes the path once when several stopped streams had it', () => {
    expect(together([older, old], flowing)).toEqual({ action: 'remove', to: [] });
  });
});
