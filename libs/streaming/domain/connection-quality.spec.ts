import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type StatusChange, connectionOf } from './connection-quality.js';
import { STREAM_STATUSES, type StreamStatus } from './stream-status.js';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const MINUTE_MS = 60_000;

/** `RUNNING>STARTING`, so many minutes ago; with a ! when somebody asked for it. */
function changes(...told: readonly (readonly [number, string])[]): StatusChange[] {
  return told.map(([minutes, words]) => {
    const [fromStatus, toStatus] = words.replace('!', '').split('>') as StreamStatus[];
    const ageMs = minutes * MINUTE_MS;
    const at = new Date(NOW - ageMs);
    return {
      fromStatus: fromStatus!,
      toStatus: toStatus!,
      isAsked: words.endsWith('!'),
      at,
      ageMs,
    };
  });
}

const outage = (began: number, ended: number): readonly (readonly [number, string])[] => [
  [began, 'RUNNING>STARTING'],
  [ended, 'STARTING>RUNNING'],
];

describe('connectionOf', () => {
  it('is good for a stream that runs and never lost its media', () => {
    expect(connectionOf('RUNNING', changes([90, 'STARTING>RUNNING']))).toEqual({
      quality: 'good',
      reconnectsLastHour: 0,
      lastOutage: null,
    });
  });

  it('is down for one that is wanted and does not run, also before it ever ran', () => {
    expect(connectionOf('STARTING', []).quality).toBe('down');
    expect(connectionOf('ERROR', changes([1, 'STARTING>ERROR']))).toMatchObject({
      quality: 'down',
      lastOutage: null,
    });
  });

  it('is nothing for one that is stopped', () => {
    const story = changes(...outage(3, 2), [1, 'RUNNING>STOPPED']);
    expect(connectionOf('STOPPED', story)).toMatchObject({
      quality: null,
      reconnectsLastHour: 1,
      lastOutage: { durationMs: MINUTE_MS },
    });
  });

  it('tells the last outage, with its end and its length', () => {
    expect(connectionOf('RUNNING', changes(...outage(50, 49.9), ...outage(10, 9.5)))).toEqual({
      quality: 'good',
      reconnectsLastHour: 2,
      lastOutage: {
        startedAt: new Date(NOW - 10 * MINUTE_MS),
        endedAt: new Date(NOW - 9.5 * MINUTE_MS),
        durationMs: 30_000,
      },
    });
  });

  it('counts an outage that lasts until now, through an ERROR and a retry', () => {
    const story = changes(
      [9, 'RUNNING>STARTING'],
      [8, 'STARTING>ERROR'],
      [5, 'ERROR>STARTING!'],
      [4, 'STARTING>ERROR'],
    );
    expect(connectionOf('ERROR', story)).toMatchObject({
      quality: 'down',
      reconnectsLastHour: 0,
      lastOutage: { endedAt: null, durationMs: 9 * MINUTE_MS },
    });
  });

  it.each([
    ['three short outages in the last hour', [outage(50, 49.9), outage(30, 29.9), outage(2, 1.9)]],
    ['more than a minute without media', [outage(30, 28.9)]],
    ['more than a minute of an outage that began before it', [outage(70, 58.9)]],
  ])('is unstable after %s', (_, outages) => {
    expect(connectionOf('RUNNING', changes(...outages.flat())).quality).toBe('unstable');
  });

  it.each([
    ['two of them', [outage(30, 29.9), outage(2, 1.9)]],
    ['a minute exactly', [outage(30, 29)]],
    ['whatever is over for an hour', [outage(90, 60), outage(95, 94), outage(99, 98)]],
    ['one whose last minute alone is within the hour', [outage(70, 59)]],
  ])('is good after %s', (_, outages) => {
    expect(connectionOf('RUNNING', changes(...outages.flat())).quality).toBe('good');
  });

  it('takes what somebody asked for for no outage', () => {
    const story = changes([9, 'RUNNING>STARTING!'], [1, 'STARTING>RUNNING']);
    expect(connectionOf('RUNNING', story)).toEqual({
      quality: 'good',
      reconnectsLastHour: 0,
      lastOutage: null,
    });
  });

  it('makes sense of a history whose beginning is forgotten', () => {
    expect(connectionOf('RUNNING', changes([5, 'STARTING>RUNNING'])).lastOutage).toBeNull();
  });

  it('never calls good what does not run, and never counts what is not there', () => {
    const change = fc.record({
      fromStatus: fc.constantFrom(...STREAM_STATUSES),
      toStatus: fc.constantFrom(...STREAM_STATUSES),
      isAsked: fc.boolean(),
      ageMs: fc.nat(10_000_000),
    });
    fc.assert(
      fc.property(fc.constantFrom(...STREAM_STATUSES), fc.array(change), (status, given) => {
        const story = given
          .sort((one, other) => other.ageMs - one.ageMs)
          .map((one) => ({ ...one, at: new Date(NOW - one.ageMs) }));
        const { quality, reconnectsLastHour, lastOutage } = connectionOf(status, story);
        expect(quality === 'good' || quality === 'unstable').toBe(status === 'RUNNING');
        expect(reconnectsLastHour).toBeLessThanOrEqual(
          story.filter(({ toStatus }) => toStatus === 'RUNNING').length,
        );
        expect(lastOutage?.durationMs ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
