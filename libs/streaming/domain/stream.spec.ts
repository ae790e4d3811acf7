import { describe, expect, it } from '@jest/globals';

import { aStream } from '#test/support/streaming/a-stream.js';

import { Stream, type StreamChange, type StreamState } from './stream.js';
import { IllegalTransition } from './stream.errors.js';
import { STREAM_STATUSES, type StreamStatus } from './stream-status.js';

type Observed = (stream: Stream) => void;

function after(state: StreamState, ...observed: Observed[]): StreamChange | null {
  const stream = new Stream(state);
  observed.forEach((happened) => {
    happened(stream);
  });
  return stream.change();
}

const RUNNING: Observed = (stream) => stream.observedRunning();
const READY: Observed = (stream) => stream.observedReady(false);
const LOST: Observed = (stream) => stream.observedLost();
const NO_MEDIA: Observed = (stream) => stream.failed('SOURCE_NO_MEDIA');
const REJECTED: Observed = (stream) => stream.failed('MEDIAMTX_REJECTED');
const AUTH_FAILED: Observed = (stream) => stream.failed('SOURCE_AUTH_FAILED');
const REMOVED: Observed = (stream) => stream.removed();

/** Each observation, and the statuses from which it may be told; every other one is a fault in code. */
const LIFECYCLE: [string, Observed, Partial<Record<StreamStatus, StreamStatus>>][] = [
  ['media flows', RUNNING, { STARTING: 'RUNNING', RUNNING: 'RUNNING', ERROR: 'RUNNING' }],
  ['it is ready on demand', READY, { STARTING: 'RUNNING', RUNNING: 'RUNNING', ERROR: 'RUNNING' }],
  ['media or path is lost', LOST, { RUNNING: 'STARTING' }],
  ['there is no media', NO_MEDIA, { STARTING: 'ERROR', ERROR: 'ERROR' }],
  ['its body is refused', REJECTED, { STARTING: 'ERROR', RUNNING: 'ERROR', ERROR: 'ERROR' }],
  [
    'its credentials are refused',
    AUTH_FAILED,
    { STARTING: 'ERROR', RUNNING: 'ERROR', ERROR: 'ERROR' },
  ],
  ['its path is gone for good', REMOVED, { STOPPED: 'STOPPED' }],
];

const CASES = LIFECYCLE.flatMap(([what, happened, allowed]) =>
  STREAM_STATUSES.map((from) => ({ what, happened, from, to: allowed[from] ?? null })),
);
const LEGAL = CASES.flatMap((one) => (one.to === null ? [] : [{ ...one, to: one.to }]));
const ILLEGAL = CASES.filter(({ to }) => to === null);

describe('the lifecycle of a stream', () => {
  it.each(LEGAL)('goes from $from to $to when $what', ({ from, happened, to }) => {
    const stream = new Stream(aStream({ status: from, reason: 'ANYTHING' }));
    happened(stream);
    expect(stream.snapshot.status).toBe(to);
  });

  it.each(ILLEGAL)('refuses to be told at $from that $what', ({ from, happened }) => {
    const stream = new Stream(aStream({ status: from, reason: 'ANYTHING' }));
    expect(() => {
      happened(stream);
    }).toThrow(IllegalTransition);
    expect(stream.change()).toBeNull();
  });

  it.each<[StreamStatus, Observed, string]>([
    ['STOPPED', RUNNING, 'A stream cannot go from STOPPED to RUNNING.'],
    ['RUNNING', NO_MEDIA, 'A stream cannot go from RUNNING to ERROR (SOURCE_NO_MEDIA).'],
    ['STARTING', REMOVED, 'A stream cannot go from STARTING to removed.'],
  ])('says what it refused at %s, so that the fault can be found', (status, happened, message) => {
    expect(() => after(aStream({ status }), happened)).toThrow(message);
  });
});

describe('what a stream has to write', () => {
  it('is nothing when nothing was observed', () => {
    expect(after(aStream({ status: 'RUNNING' }))).toBeNull();
  });

  it.each<[string, StreamState, Observed]>([
    ['media still flows', aStream({ status: 'RUNNING' }), RUNNING],
    [
      'nobody watches still',
      aStream({ status: 'RUNNING', reason: 'AWAITING_VIEWER', onDemand: true }),
      READY,
    ],
    ['the same error is found again', aStream({ status: 'ERROR' }), NO_MEDIA],
    ['its path was seen to be gone before', aStream({ status: 'STOPPED' }), REMOVED],
    [
      'an older generation is accepted late',
      aStream({ generation: 3, appliedGeneration: 3 }),
      (stream) => stream.applied(2),
    ],
  ])('is nothing when %s', (_, state, happened) => {
    expect(after(state, happened)).toBeNull();
  });

  it('is a change of status with one event that tells from, to and why', () => {
    const state = aStream({ status: 'RUNNING', version: 7 });
    expect(after(state, LOST)).toEqual({
      from: state,
      to: { ...state, status: 'STARTING', reason: 'RECONNECTING' },
      errorCode: null,
      event: {
        type: 'stream.status_changed',
        fromStatus: 'RUNNING',
        toStatus: 'STARTING',
        reason: 'RECONNECTING',
      },
    });
  });

  it('names the error when the stream becomes one', () => {
    expect(after(aStream(), NO_MEDIA)).toMatchObject({
      errorCode: 'SOURCE_NO_MEDIA',
      to: { status: 'ERROR', reason: 'SOURCE_NO_MEDIA' },
    });
  });

  it('makes an ERROR of a stream that names the same reason, but is none yet', () => {
    expect(after(aStream({ reason: 'SOURCE_NO_MEDIA' }), NO_MEDIA)).toMatchObject({
      errorCode: 'SOURCE_NO_MEDIA',
      to: { status: 'ERROR' },
    });
  });

  it('is an event of its own when the reason of an ERROR changes', () => {
    expect(after(aStream({ status: 'ERROR' }), REJECTED)).toMatchObject({
      errorCode: 'MEDIAMTX_REJECTED',
      event: {
        type: 'stream.reason_changed',
        fromStatus: 'ERROR',
        toStatus: 'ERROR',
        reason: 'MEDIAMTX_REJECTED',
      },
    });
  });

  it('is no event when a viewer comes or goes', () => {
    const watched = aStream({ status: 'RUNNING', onDemand: true });
    expect(after(watched, READY)).toMatchObject({
      event: null,
      to: { reason: 'AWAITING_VIEWER' },
    });
    const alone = { ...watched, reason: 'AWAITING_VIEWER' };
    expect(after(alone, (stream) => stream.observedReady(true))).toMatchObject({
      event: null,
      to: { reason: null },
    });
  });

  it('is no event when only the accepted generation or the end of a removal is noted', () => {
    expect(after(aStream(), (stream) => stream.applied(1))?.event).toBeNull();
    const pending = aStream({ status: 'STOPPED', removalPending: true });
    expect(after(pending, REMOVED)?.event).toBeNull();
  });

  it('counts a reconnect only when media comes back after it was lost', () => {
    const counted = (status: StreamStatus, reason: string | null): number | undefined =>
      after(aStream({ status, reason, reconnects: 4 }), RUNNING)?.to.reconnects;
    expect(counted('STARTING', 'RECONNECTING')).toBe(5);
    expect(counted('STARTING', null)).toBe(4);
    expect(counted('ERROR', 'SOURCE_NO_MEDIA')).toBe(4);
  });
});

describe('a start that could not be carried to its node', () => {
  const unreachable: Observed = (stream) => stream.nodeUnreachable();

  it('says so while nothing better is known', () => {
    expect(after(aStream(), unreachable)).toMatchObject({
      event: null,
      to: { status: 'STARTING', reason: 'NODE_UNREACHABLE' },
    });
  });

  it.each<[string, StreamState]>([
    ['is reconnecting', aStream({ reason: 'RECONNECTING' })],
    ['says so already', aStream({ reason: 'NODE_UNREACHABLE' })],
    ['is running', aStream({ status: 'RUNNING' })],
    ['is an error', aStream({ status: 'ERROR' })],
    ['was stopped', aStream({ status: 'STOPPED' })],
  ])('keeps its reason when it %s', (_, state) => {
    expect(after(state, unreachable)).toBeNull();
  });

  it('keeps any other reason when its generation is accepted', () => {
    const accepted = after(aStream({ reason: 'RECONNECTING' }), (stream) => stream.applied(1));
    expect(accepted?.to).toMatchObject({ appliedGeneration: 1, reason: 'RECONNECTING' });
  });
});
