/** The same on the real thing, with a camera: what the simulator says about healing is true. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { eventually } from '#test/support/eventually.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealNode } from '#test/support/site/real-node.js';
import { PATIENT, TestSite } from '#test/support/site/test-site.js';

const STARTED = ['new → STARTING', 'STARTING → RUNNING'];
const LOST_AND_BACK = [...STARTED, 'RUNNING → STARTING', 'STARTING → RUNNING'];

const binary = await findRealMediaMtx();
const onReal = binary === null ? describe.skip : describe;

onReal('a MediaMTX (needs a real MediaMTX)', () => {
  let node: RealNode;
  let camera: RtspCamera;
  let site: TestSite;

  beforeAll(async () => {
    [node, camera] = await Promise.all([RealNode.start(binary!), RtspCamera.start(binary!)]);
    const { host, pathname } = new URL(camera.url);
    site = await TestSite.open(node, {
      source: secretSource(`${host}${pathname}`),
      env: { CONFIG_AUDIT_INTERVAL_MS: '1000' },
    });
  }, 60_000);

  afterAll(async () => {
    await site.close();
    await Promise.all([camera.stop(), node.server.stop()]);
  });

  afterEach(async () => {
    node.server.signal('SIGCONT');
    await site.stopAll();
  });

  const replacing = (...streams: StreamBody[]): string[] =>
    streams.map(({ path }) => `replace ${path}`);

  it('that is killed and restarted has its paths again, with one write each', async () => {
    const streams = [await site.running(), await site.running()];
    await node.server.kill9();
    const since = site.journal.mark();
    await node.server.revive();

    await site.expectHealed(since, replacing(...streams));
    for (const { id } of streams) {
      expect(await site.story(id)).toEqual(LOST_AND_BACK);
    }
  });

  it('whose file is rewritten has its paths again, with one write each', async () => {
    const streams = [await site.running(), await site.running()];
    const since = site.journal.mark();
    await node.server.rewriteFile();

    await site.expectHealed(since, replacing(...streams));
    for (const { id } of streams) {
      expect(await site.story(id)).toEqual(LOST_AND_BACK);
    }
  });

  it('that lost a path by hand has it again, with one write', async () => {
    const [lost, other] = [await site.running(), await site.running()];
    const since = site.journal.mark();
    await site.control.remove(lost.path);

    await site.expectHealed(since, [`delete ${lost.path}`, ...replacing(lost)]);
    expect(await site.story(lost.id)).toEqual(LOST_AND_BACK);
    expect(await site.story(other.id)).toEqual(STARTED);
  });

  it('where somebody took a path over serves ours again, after one write', async () => {
    const stream = await site.running();
    const { path } = stream;
    const ours = (await site.control.config(path)).json;
    const since = site.journal.mark();
    await site.control.replace(path, { source: 'publisher', maxReaders: 3 });

    await eventually(async () => {
      expect((await site.control.config(path)).json).toEqual(ours);
    }, PATIENT);
    const byHand = replacing(stream);
    await site.expectMended(since, [...byHand, ...replacing(stream)]);
  });

  it('that is frozen and thawed does what was asked meanwhile, and has lost nothing', async () => {
    const [kept, leaving] = [await site.running(), await site.running()];
    node.server.signal('SIGSTOP');
    const { body: coming } = await site.api.client.start(site.newCamera(), site.source);
    await site.api.client.stop(leaving.id);
    await eventually(async () => {
      expect(await site.api.client.stream(coming.id)).toMatchObject({
        status: 'STARTING',
        reason: 'NODE_UNREACHABLE',
      });
    }, PATIENT);
    expect(await site.api.client.stream(kept.id)).toMatchObject({ status: 'RUNNING' });
    node.server.signal('SIGCONT');

    await site.expectAsWanted();
    await site.expectCalm();
    expect(await site.story(kept.id)).toEqual(STARTED);
    expect(await site.story(coming.id)).toEqual(STARTED);
    expect(await site.story(leaving.id)).toEqual([...STARTED, 'RUNNING → STOPPED']);
  });
});
