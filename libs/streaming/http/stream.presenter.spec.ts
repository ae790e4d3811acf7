import { describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { aStreamRecord } from '#test/support/streaming/a-stream-record.js';

import { Reason, explain } from '../domain/reason.js';
import { presentDetails, presentEvent, presentStream } from './stream.presenter.js';
import { streamDetailsSchema, streamEventSchema, streamSchema } from './stream.schema.js';

const FAILED_AT = new Date('2026-11-23T10:00:20Z');

describe('presentStream', () => {
  it('shows a row as the schema promises, instants in UTC', () => {
    expect(streamSchema.parse(presentStream(aStreamRecord()))).toEqual({
      id: streamId(1),
      cameraId: 'gate-3',
      source: 'rtsp://192.168.1.20:554/stream1',
      onDemand: false,
      transport: 'tcp',
      labels: {},
      desired: 'RUNNING',
      status: 'RUNNING',
      reason: null,
      health: 'HEALTHY',
      error: null,
      lastError: null,
      removalPending: false,
      path: 'cam/gate-3',
      nodeId: 'default',
      playback: {
        hls: 'http://127.0.0.1:8888/cam/gate-3/index.m3u8',
        webrtc: 'http://127.0.0.1:8889/cam/gate-3/',
        whep: 'http://127.0.0.1:8889/cam/gate-3/whep',
        rtsp: 'rtsp://127.0.0.1:8554/cam/gate-3',
      },
      reconnects: 0,
      generation: 1,
      createdAt: '2026-11-23T10:00:00.000Z',
      startedAt: '2026-11-23T10:00:01.000Z',
      stoppedAt: null,
      updatedAt: '2026-11-23T10:00:02.000Z',
      observedAt: '2026-11-23T10:00:03.000Z',
    });
  });

  it('masks that there are credentials and a query', () => {
    expect(presentStream(aStreamRecord({ hasUserInfo: true, hasQuery: true })).source).toBe(
      'rtsp://***:***@192.168.1.20:554/stream1?***',
    );
  });

  it('shows an error while the stream is one, and after that only as the last one', () => {
    const lastError = { code: Reason.sourceNoMedia, at: FAILED_AT };
    const shown = {
      code: 'SOURCE_NO_MEDIA',
      message: explain('SOURCE_NO_MEDIA'),
      at: '2026-11-23T10:00:20.000Z',
    };
    const failed = aStreamRecord({ status: 'ERROR', reason: 'SOURCE_NO_MEDIA', lastError });
    expect(presentStream(failed)).toMatchObject({ error: shown, lastError: shown });
    for (const status of ['RUNNING', 'STARTING', 'STOPPED'] as const) {
      expect(presentStream(aStreamRecord({ status, lastError }))).toMatchObject({
        error: null,
        lastError: shown,
      });
    }
  });

  it('has a sentence for a code that it does not know', () => {
    const lastError = { code: 'SOURCE_FROM_THE_FUTURE', at: FAILED_AT };
    expect(presentStream(aStreamRecord({ lastError })).lastError).toMatchObject({
      code: 'SOURCE_FROM_THE_FUTURE',
      message: expect.stringMatching(/.+/),
    });
  });

  it('says that nothing is known when the node was never looked at', () => {
    const unseen = aStreamRecord({ lookAgeMs: null, observedAt: null });
    expect(presentStream(unseen)).toMatchObject({ health: 'UNKNOWN', observedAt: null });
  });
});

describe('presentDetails', () => {
  it('adds how well the connection holds', () => {
    const lastOutage = { startedAt: FAILED_AT, endedAt: null, durationMs: 1_500.4 };
    const connection = { quality: 'down' as const, reconnectsLastHour: 2, lastOutage };
    const stream = aStreamRecord({ status: 'STARTING' });
    const shown = presentDetails(stream, connection);
    expect(streamDetailsSchema.parse(shown)).toEqual({
      ...presentStream(stream),
      connectionQuality: 'down',
      reconnectsLastHour: 2,
      lastOutage: { startedAt: FAILED_AT.toISOString(), endedAt: null, durationMs: 1_500 },
    });
    expect(presentDetails(stream, { ...connection, lastOutage: null }).lastOutage).toBeNull();
  });
});

describe('presentEvent', () => {
  it('shows an event as the schema promises', () => {
    const event = {
      seq: '42',
      at: FAILED_AT,
      type: 'stream.status_changed',
      fromStatus: null,
      toStatus: 'STARTING' as const,
      reason: null,
      generation: 1,
      version: 1,
      data: {},
    };
    expect(streamEventSchema.parse(presentEvent(event))).toEqual({
      ...event,
      at: '2026-11-23T10:00:20.000Z',
    });
  });
});
