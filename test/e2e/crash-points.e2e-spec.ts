/**
 * `kill -9` at each point where a start, a stop or a restore is half done. The next process carries
 * out what was accepted, as cheaply as its predecessor's traces allow, tells no event twice, and
 * then writes nothing any more.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type CrashLabel, CRASH_LABELS } from '#test/support/crash/crash-labels.js';
import { type Mark } from '#test/support/site/node-journal.js';
import { TestSite } from '#test/support/site/test-site.js';

const ONCE = 1;
/** The answer to the first write died with the process, and only another write brings one. */
const ONCE_MORE = 2;

const DURING_START: [CrashLabel, number][] = [
  ['after-commit', ONCE],
  ['before-replace', ONCE],
  ['after-replace', ONCE_MORE],
  ['before-save', ONCE_MORE],
  ['after-save', ONCE],
];
const DURING_STOP: [CrashLabel, number][] = [
  ['after-commit', ONCE],
  ['before-delete', ONCE],
  ['after-delete', ONCE],
  ['before-save', ONCE],
  ['after-save', ONCE],
];
const DURING_RESTORE: CrashLabel[] = [
  'before-replace',
  'after-replace',
  'before-save',
  'after-save',
];

let node: MediaMtxSimulator;
let site: TestSite;

beforeAll(async () => {
  node = await MediaMtxSimulator.start();
  site = await TestSite.open(node, { isCrashable: true });
});

afterAll(async () => {
  await site.close();
  await node.stop();
});

/** @returns when the next process begins */
async function dieAt(label: CrashLabel, act: () => Promise<unknown>): Promise<Mark> {
  site.api.crashAt(label);
  // Answered or cut off with the process: both may happen, and both are promises kept.
  await act().catch(() => undefined);
  expect(await site.api.exitCode()).toBeNull();
  const revivedAt = site.journal.mark();
  await site.api.revive();
  return revivedAt;
}

describe('a process that is killed', () => {
  it('does so in this file at every point that there is', () => {
    const tried = [...DURING_START, ...DURING_STOP].map(([label]) => label);
    expect(new Set([...tried, ...DURING_RESTORE])).toEqual(new Set(CRASH_LABELS));
  });

  it.each(DURING_START)('during a start, %s: the next one carries it out', async (label, times) => {
    const cameraId = site.newCamera();
    const begun = site.journal.mark();
    const revived = await dieAt(label, () => site.api.client.start(cameraId, site.source));

    await site.expectAsWanted();
    const streams = await site.streams(cameraId);
    expect(streams).toHaveLength(1);
    expect(await site.story(streams[0]!.id)).toEqual(['new → STARTING', 'STARTING → RUNNING']);
    await site.expectCalm();
    const writes = site.journal.writesSince(begun);
    expect(writes).toEqual(Array(times).fill(`replace cam/${cameraId}`));
    site.expectInTime(revived);
  });

  it.each(DURING_STOP)('during a stop, %s: the next one carries it out', async (label, times) => {
    const { id, path } = await site.running();
    const begun = site.journal.mark();
    const revived = await dieAt(label, () => site.api.client.stop(id));

    await site.expectAsWanted();
    const [, , stopped, ...more] = await site.story(id);
    expect([stopped, ...more]).toEqual(['RUNNING → STOPPED']);
    await site.expectCalm();
    expect(site.journal.writesSince(begun)).toEqual(Array(times).fill(`delete ${path}`));
    site.expectInTime(revived);
  });

  it.each(DURING_RESTORE)('during a restore, %s: the next one goes on', async (label) => {
    await site.stopAll();
    const streams = [await site.running(), await site.running()];
    const begun = site.journal.mark();
    const revived = await dieAt(label, () => node.restart());

    await site.expectAsWanted();
    for (const { id } of streams) {
      const [, , ...since] = await site.story(id);
      // Whoever died before it could say so told nobody of a loss that its successor then mended.
      expect([[], ['RUNNING → STARTING', 'STARTING → RUNNING']]).toContainEqual(since);
    }
    await site.expectCalm();
    const writes = site.journal.writesSince(begun).sort();
    expect(writes).toEqual(streams.map(({ path }) => `replace ${path}`).sort());
    site.expectInTime(revived);
  });
});
