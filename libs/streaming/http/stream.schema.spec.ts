import { describe, expect, it } from '@jest/globals';

import {
  pageQuerySchema,
  startSchema,
  streamIdSchema,
  streamsQuerySchema,
} from './stream.schema.js';

const START = { cameraId: 'gate-3', source: 'rtsp://192.168.1.20/1' };

const isStart = (given: Record<string, unknown>): boolean =>
  startSchema.safeParse({ ...START, ...given }).success;

const labelsOf = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, 'value']));

describe('startSchema', () => {
  it('needs a camera and a source, and fills in the rest', () => {
    expect(startSchema.parse(START)).toEqual({
      ...START,
      onDemand: false,
      transport: 'tcp',
      labels: {},
    });
    expect(startSchema.safeParse({}).error?.issues.map(({ path }) => path.join())).toEqual([
      'cameraId',
      'source',
    ]);
  });

  it.each<Record<string, unknown>>([
    { cameraId: 'a'.repeat(64) },
    { onDemand: true },
    { transport: 'multicast' },
    { labels: { site: 'north', 'a.b/c-d_e': '' } },
    { labels: { site: 'Füßen 🎥' } },
    { labels: labelsOf(32) },
    { labels: { a: 'x'.repeat(256) } },
  ])('takes %j', (given) => {
    expect(isStart(given)).toBe(true);
  });

  it.each<Record<string, unknown>>([
    { cameraId: '' },
    { cameraId: 'a'.repeat(65) },
    { cameraId: 'whep' },
    { cameraId: '../../etc' },
    { cameraId: 7 },
    { cameraId: null },
    { source: 'ftp://h/' },
    { source: `rtsp://h/${'a'.repeat(2_048)}` },
    { source: null },
    { onDemand: 'true' },
    { onDemand: null },
    { transport: 'TCP' },
    { labels: [] },
    { labels: { '': 'x' } },
    { labels: { '-a': 'x' } },
    { labels: { ['a'.repeat(64)]: 'x' } },
    { labels: { a: 7 } },
    { labels: { a: 'x'.repeat(257) } },
    { labels: { a: 'line\nbreak' } },
    { labels: { a: '\0' } },
    { labels: { a: '\ud800' } },
    { labels: labelsOf(33) },
    { pathPrefix: 'x' },
    { runOnReady: 'rm -rf /' },
  ])('refuses %j', (given) => {
    expect(isStart(given)).toBe(false);
  });

  it('says once what is wrong with a source, and never repeats it', () => {
    const { error } = startSchema.safeParse({
      ...START,
      source: `rtsp://u:hunter2@${'h'.repeat(3_000)}`,
    });
    expect(error?.issues).toHaveLength(1);
    expect(JSON.stringify(error?.issues)).not.toContain('hunter2');
  });
});

describe('pageQuerySchema', () => {
  it('has fifty items by default', () => {
    expect(pageQuerySchema.parse({})).toEqual({ limit: 50 });
  });

  it('takes 1 to 500', () => {
    const limits = ['1', '500', '007'].map((limit) => pageQuerySchema.parse({ limit }).limit);
    expect(limits).toEqual([1, 500, 7]);
    const wrong = ['0', '501', '-1', '1.5', 'all', '', '1000', ' 1', '1e2'];
    expect(wrong.filter((limit) => pageQuerySchema.safeParse({ limit }).success)).toEqual([]);
  });

  it('refuses a parameter that it does not know', () => {
    expect(pageQuerySchema.safeParse({ page: '2' }).success).toBe(false);
  });
});

describe('streamsQuerySchema', () => {
  it('takes one label or several, and keeps what follows the first =', () => {
    expect(streamsQuerySchema.parse({ label: 'a=b=c' }).label).toEqual(['a=b=c']);
    expect(streamsQuerySchema.parse({ label: ['a=1', 'b='] }).label).toEqual(['a=1', 'b=']);
  });

  it.each<Record<string, unknown>>([
    { status: 'running' },
    { status: 'UNKNOWN' },
    { cameraId: 'a b' },
    { label: 'site' },
    { label: '=north' },
    { label: 'a=\0' },
    { label: `a=${'x'.repeat(400)}` },
    { label: Array.from({ length: 33 }, (_, i) => `k${i}=v`) },
    { offset: '10' },
  ])('refuses %j', (query) => {
    expect(streamsQuerySchema.safeParse(query).success).toBe(false);
  });

  it('takes every status of a stream', () => {
    for (const status of ['STOPPED', 'STARTING', 'RUNNING', 'ERROR']) {
      expect(streamsQuerySchema.parse({ status })).toMatchObject({ status });
    }
  });
});

describe('streamIdSchema', () => {
  it('takes a UUID and nothing else', () => {
    expect(streamIdSchema.safeParse('0198c0de-0000-7000-8000-000000000001').success).toBe(true);
    const wrong = ['', '1', 'start', "' OR 1=1", '0198c0de00007000800000000000000'];
    expect(wrong.filter((id) => streamIdSchema.safeParse(id).success)).toEqual([]);
  });
});
