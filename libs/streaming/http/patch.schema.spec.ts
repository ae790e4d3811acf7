import { describe, expect, it } from '@jest/globals';

import { patchQuerySchema, patchSchema } from './patch.schema.js';

const messagesOf = (given: unknown): string[] =>
  (patchSchema.safeParse(given).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('patchSchema', () => {
  it.each<Record<string, unknown>>([
    {},
    { source: 'rtsp://10.0.0.1/a' },
    { onDemand: false },
    { transport: 'udp' },
    { labels: null },
    { labels: {} },
    { labels: { site: 'north', floor: null } },
  ])('takes %j, and adds nothing to it', (given) => {
    expect(patchSchema.parse(given)).toEqual(given);
  });

  it('takes more removals than a stream can have labels', () => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key-${i}`, null]));
    expect(patchSchema.safeParse({ labels }).success).toBe(true);
  });

  it.each<unknown>([
    null,
    [],
    'source',
    { source: 'ftp://h/' },
    { onDemand: 'true' },
    { transport: 'TCP' },
    { labels: [] },
    { labels: { '-a': null } },
    { labels: { a: 7 } },
    { labels: { a: 'x'.repeat(257) } },
    { labels: { a: '\0' } },
    { path: 'cam/other' },
    { status: 'RUNNING' },
  ])('refuses %j', (given) => {
    expect(patchSchema.safeParse(given).success).toBe(false);
  });

  it('says of null that what a stream must have cannot be removed', () => {
    const words = 'cannot be removed; leave it out to keep it';
    expect(messagesOf({ source: null, onDemand: null, transport: null })).toEqual([
      `source: ${words}`,
      `onDemand: ${words}`,
      `transport: ${words}`,
    ]);
  });

  it.each(['gate-3', null, 7])('says of the camera %j what to do instead', (cameraId) => {
    expect(messagesOf({ cameraId })).toEqual([
      'cameraId: cannot be changed; stop this stream and start the other camera',
    ]);
  });

  it('says once what is wrong with a source, and never repeats it', () => {
    const messages = messagesOf({ source: `rtsp://u:hunter2@${'h'.repeat(3_000)}` });
    expect(messages).toHaveLength(1);
    expect(messages.join()).not.toContain('hunter2');
  });
});

describe('patchQuerySchema', () => {
  it('reads true and false, and is false by default', () => {
    const read = [{}, { dryRun: 'false' }, { dryRun: 'true' }].map((query) =>
      patchQuerySchema.parse(query),
    );
    expect(read.map(({ dryRun }) => dryRun)).toEqual([false, false, true]);
  });

  it.each<Record<string, unknown>>([
    { dryRun: '' },
    { dryRun: '1' },
    { dryRun: 'TRUE' },
    { dryRun: 'constructor' },
    { dryRun: ['true', 'false'] },
    { dryrun: 'true' },
  ])('refuses %j', (query) => {
    expect(patchQuerySchema.safeParse(query).success).toBe(false);
  });
});
