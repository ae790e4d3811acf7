/** What a real MediaMTX says of real cameras, as the node agent reports it. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '../support/eventually.js';
import { type Json } from '../support/mediamtx/control-api.js';
import { onRealCamera } from '../support/mediamtx/on-real-camera.js';
import { type NodeAgentProcess, NodeSite } from '../support/node-agent/node-agent-process.js';
import { RtspCamera } from '../support/rtsp-camera.js';

jest.setTimeout(60_000);

const SLOW = { timeoutMs: 20_000 };
const ACCOUNT = { user: 'viewer', password: CANARY };

const from = (url: string): Json => ({
  source: url,
  sourceOnDemand: false,
  rtspTransport: 'tcp',
});
const as = (user: string, url: string): string => url.replace('//', `//${user}:${CANARY}@`);

onRealCamera('the node agent and cameras', (binary) => {
  let site: NodeSite;
  let agent: NodeAgentProcess;
  let camera: RtspCamera;
  let closed: RtspCamera;

  beforeAll(async () => {
    [camera, closed] = await Promise.all([
      RtspCamera.start(binary),
      RtspCamera.start(binary, { account: ACCOUNT }),
    ]);
    site = await NodeSite.make(binary.path);
    agent = await site.up();
    await agent.put('r1', {
      'cam/open': from(camera.url),
      'cam/missing': from(camera.url.replace(/camera$/, 'missing')),
      'cam/stranger': from(as('stranger', closed.url)),
      'cam/viewer': from(as('viewer', closed.url)),
      'cam/dns': from(`rtsp://u:${CANARY}@no-such-host.invalid/a`),
    });
    process.kill(await agent.childPid(), 'SIGKILL');
  });
  afterAll(async () => {
    await site.end();
    await Promise.all([camera.stop(), closed.stop()]);
  });

  /** All pokes from `seq` on until that one has come. */
  async function untilPoked(seq: number, poke: Json): Promise<Json[]> {
    const seen: Json[] = [];
    let after = seq;
    await eventually(async () => {
      const answer = await agent.pokes(after, 1_000);
      after = answer.seq;
      seen.push(...answer.pokes);
      expect(seen).toContainEqual(poke);
    }, SLOW);
    return seen;
  }

  it('knows why each of them fails, and says nothing of those that do not', async () => {
    await eventually(async () => {
      const { errors } = await agent.report();
      expect(errors).toEqual({
        'cam/missing': expect.objectContaining({ code: 'SOURCE_NOT_FOUND' }),
        'cam/stranger': expect.objectContaining({ code: 'SOURCE_AUTH_FAILED' }),
        'cam/dns': expect.objectContaining({ code: 'SOURCE_DNS' }),
      });
      expect(JSON.stringify(errors)).not.toContain(CANARY);
    }, SLOW);
  });

  it('tells at once when a camera is lost, and when it is back', async () => {
    await eventually(async () => {
      expect((await site.api.path('cam/open')).json['available']).toBe(true);
    }, SLOW);
    const { seq } = await agent.pokes();
    await camera.endStream();
    await untilPoked(seq, { kind: 'lost', path: 'cam/open' });
    expect((await agent.report()).errors['cam/open']).toMatchObject({ code: 'SOURCE_PROTOCOL' });
    await camera.resume();
    const pokes = await untilPoked(seq, { kind: 'available', path: 'cam/open' });
    // It fails all the while, and always in the same way.
    expect(pokes.filter(({ path }) => path === 'cam/dns')).toEqual([]);
  });
});
