/**
 * One of our paths in somebody else's hands, on the simulator: found by the audit, and ours again
 * with one write, whatever stood there.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { eventually } from '#test/support/eventually.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { PATIENT, TestSite } from '#test/support/site/test-site.js';

const STARTED = ['new → STARTING', 'STARTING → RUNNING'];
/** All that a hand can do at once: another camera, other flags, and fields that we never send. */
const FOREIGN = {
  source: secretSource('10.6.6.6:554/other'),
  sourceOnDemand: true,
  rtspTransport: 'udp',
  maxReaders: 3,
};

let node: MediaMtxSimulator;
let site: TestSite;

beforeAll(async () => {
  node = await MediaMtxSimulator.start();
  // An audit with each tick, since the audit is what a tick must find these with.
  site = await TestSite.open(node, { env: { CONFIG_AUDIT_INTERVAL_MS: '250' } });
});

afterAll(async () => {
  await site.close();
  await node.stop();
});

afterEach(async () => {
  node.faults.clear();
  await site.stopAll();
});

const configured = async (path: string): Promise<Json> => (await site.control.config(path)).json;

describe('a path that was taken over by hand', () => {
  it.each([
    ['of a stream that always runs', {}],
    ['of a stream on demand', { onDemand: true }],
  ])('is as it was after one write: %s', async (_, body) => {
    const { id, path } = await site.running(body);
    const ours = await configured(path);
    const since = site.journal.mark();
    node.addForeign(path, FOREIGN);

    await eventually(async () => {
      expect(await configured(path)).toEqual(ours);
    }, PATIENT);
    await site.expectHealed(since, [`replace ${path}`]);
    expect(await site.story(id)).toEqual(STARTED);
  });

  it('before its camera was ever started is taken by the start', async () => {
    const cameraId = site.newCamera();
    node.addForeign(`cam/${cameraId}`, FOREIGN);
    const since = site.journal.mark();
    const { body } = await site.api.client.start(cameraId, site.source);

    await site.expectHealed(since, [`replace ${body.path}`]);
    expect(await configured(body.path)).toMatchObject({ source: site.source, maxReaders: 0 });
    expect(await site.story(body.id)).toEqual(STARTED);
  });

  it('is ours in the end, although a start was told so when it was not', async () => {
    const cameraId = site.newCamera();
    node.addForeign(`cam/${cameraId}`, FOREIGN);
    node.faults.set({ kind: 'lie', on: { method: 'POST' }, times: 1 });
    const since = site.journal.mark();
    const { body } = await site.api.client.start(cameraId, site.source);

    await site.expectHealed(since, [`replace ${body.path}`, `replace ${body.path}`]);
    expect(await configured(body.path)).toMatchObject({ source: site.source });
  });

  it('and put back by the same hand costs nothing, and is no loss', async () => {
    const { id, path } = await site.running();
    const { source, sourceOnDemand, rtspTransport } = await configured(path);
    const since = site.journal.mark();
    node.removeByHand(path);
    node.addForeign(path, { source, sourceOnDemand, rtspTransport });

    await site.expectHealed(since, []);
    expect(await site.story(id)).toEqual(STARTED);
  });
});
