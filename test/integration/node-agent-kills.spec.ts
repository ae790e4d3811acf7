/**
 * Twenty kills of a real MediaMTX with 300 dead sources and a real camera: five of each of four nodes
 * at the same time, since each further kill of one is answered a little later.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { eventually } from '../support/eventually.js';
import { onRealCamera } from '../support/mediamtx/on-real-camera.js';
import { NodeSite, deadPaths } from '../support/node-agent/node-agent-process.js';
import { RtspCamera } from '../support/rtsp-camera.js';

jest.setTimeout(120_000);

const SLOW = { timeoutMs: 20_000, everyMs: 100 };
const NODES = 4;
const KILLS_OF_EACH = 5;

onRealCamera('a node that is killed again and again', (binary) => {
  let camera: RtspCamera;
  let sites: NodeSite[];

  beforeAll(async () => {
    camera = await RtspCamera.start(binary);
    sites = await Promise.all(Array.from({ length: NODES }, () => NodeSite.make(binary.path)));
  });
  afterAll(async () => {
    await Promise.all(sites.map((site) => site.end()));
    await camera.stop();
  });

  async function killAgainAndAgain(site: NodeSite): Promise<void> {
    const agent = await site.up();
    const live = { source: camera.url, sourceOnDemand: false, rtspTransport: 'tcp' };
    await agent.put('r1', { ...deadPaths(300), 'cam/live': live });
    for (let kill = 1; kill <= KILLS_OF_EACH; kill += 1) {
      process.kill(await agent.childPid(), 'SIGKILL');
      await eventually(async () => {
        expect((await agent.report()).child.restarts).toBe(kill);
        expect(await site.listed()).toBe(301);
        expect((await site.api.path('cam/live')).json['available']).toBe(true);
      }, SLOW);
    }
  }

  it('lists every path after each kill, and the camera is available', async () => {
    await Promise.all(sites.map(killAgainAndAgain));
  });
});
