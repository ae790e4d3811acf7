import { describe, expect, it } from '@jest/globals';

import { aStreamBody } from '#test/support/cli/fake-vigia-api.js';

import { changesBetween } from './changes.js';

const known = (...streams: ReturnType<typeof aStreamBody>[]) =>
  new Map(streams.map((stream) => [stream.id, stream]));
const running = { status: 'RUNNING', reason: null, health: 'HEALTHY' };

describe('what a watcher is told', () => {
  it('is how a stream is, when it is new', () => {
    expect(changesBetween(known(), [aStreamBody({ id: '1' })])).toEqual([
      { id: '1', cameraId: 'gate-3', from: null, to: running },
    ]);
  });

  it.each([{ status: 'ERROR' }, { reason: 'RECONNECTING' }, { health: 'UNKNOWN' }] as const)(
    'is a change to %j',
    (fields) => {
      expect(changesBetween(known(aStreamBody()), [aStreamBody(fields)])).toEqual([
        expect.objectContaining({ from: running, to: { ...running, ...fields } }),
      ]);
    },
  );

  it('is nothing when only instants, labels or counts differ', () => {
    const later = aStreamBody({
      observedAt: '2026-11-23T17:00:00.000Z',
      updatedAt: '2026-11-23T17:00:00.000Z',
      labels: { a: 'b' },
      reconnects: 3,
    });
    expect(changesBetween(known(aStreamBody()), [later])).toEqual([]);
  });
});
