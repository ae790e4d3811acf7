import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  DEAD,
  eventuallyFlows,
  eventuallyLooks,
  eventuallyPresent,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { type Suite } from '#test/support/mediamtx/targets.js';

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/**
 * What takes long only because time must pass. The stories begin when this is called; whoever calls
 * it does so before other tests that run meanwhile.
 */
export function slowSources({ it, needsCamera, inBackground }: Suite): void {
  needsCamera();

  const lookedAtDead = inBackground(async ({ api }) => {
    await api.replace('slow/dead', pulled(DEAD));
    await eventuallyPresent(api, 'slow/dead');
    const looks: Json[] = [];
    const start = performance.now();
    while (secondsSince(start) < 12) {
      looks.push((await api.path('slow/dead')).json);
      await delay(400);
    }
    return looks;
  });

  const frozeAndThawed = inBackground(async (target) => {
    const camera = await target.camera();
    await target.api.replace('slow/frozen', pulled(camera.url));
    const before = await eventuallyFlows(target.api, 'slow/frozen');
    const frozenAt = performance.now();
    await camera.freeze();
    const gone = { available: false };
    const wait = { timeoutMs: 15_000, everyMs: 100 };
    await eventuallyLooks(target.api, 'slow/frozen', gone, wait);
    const lostAfter = secondsSince(frozenAt);
    await camera.thaw();
    await camera.resume();
    const back = await eventuallyLooks(target.api, 'slow/frozen', { available: true }, wait);
    return { before, lostAfter, back };
  });

  const leftConnectionIdle = inBackground(async ({ api, port }) => {
    const closedAfter = await idleUntilClosed(port);
    return { closedAfter, next: (await api.get('/v3/info')).status };
  });

  it('lists a source that cannot be reached, and never calls it available', async () => {
    const looks = await lookedAtDead();
    expect(looks.length).toBeGreaterThan(10);
    for (const look of looks) {
      expect(look).toMatchObject({
        ready: false,
        available: false,
        availableTime: null,
        source: { type: 'rtspSource', id: '' },
        tracks: [],
        readers: [],
        bytesReceived: 0,
      });
    }
  });

  it('gives a frozen camera up after ten seconds without packets, and takes it back', async () => {
    const { before, lostAfter, back } = await frozeAndThawed();
    expect(lostAfter).toBeGreaterThan(8);
    expect(lostAfter).toBeLessThan(13);
    expect(back['availableTime']).not.toBe(before['availableTime']);
  });

  it('closes a connection that has been idle for thirty seconds, and takes a new one', async () => {
    const { closedAfter, next } = await leftConnectionIdle();
    expect(closedAfter).toBeGreaterThan(28);
    expect(closedAfter).toBeLessThan(34);
    expect(next).toBe(200);
  });
}

/** Seconds from the answer to the end of the connection, which the server decides. */
function idleUntilClosed(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answeredAt = 0;
    socket.once('error', reject);
    socket.once('data', () => (answeredAt = performance.now()));
    socket.once('close', () => resolve(secondsSince(answeredAt)));
    socket.write('GET /v3/info HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}
