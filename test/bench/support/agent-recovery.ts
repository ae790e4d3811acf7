/** How long a MediaMTX under `vigia-node` takes to be back after `kill -9`, in ms. */
import { setTimeout as delay } from 'node:timers/promises';

import { eventually } from '#test/support/eventually.js';
import { type MediaMtxBinary } from '#test/support/mediamtx/find-real-media-mtx.js';
import { NodeSite } from '#test/support/node-agent/node-agent-process.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

import { Control } from './control.js';
import { type MeasuredPath, deadPaths, measuredPath, pathName } from './paths.js';

const POLL_MS = 5;
const SOON = { timeoutMs: 30_000, everyMs: POLL_MS };
/** A key frame a second, and small: what is measured is not the picture. */
const PICTURE = { size: '64x64', rate: 5 };

/** Until all paths are listed. */
export function afterKill9(binary: MediaMtxBinary, paths: number): Promise<number> {
  return killedOnce(binary, deadPaths(paths), async (control) => {
    while (((await control.count()) ?? 0) < paths) await delay(POLL_MS);
  });
}

/** Until all are available, for each round. */
export async function liveAfterKill9(
  binary: MediaMtxBinary,
  cameras: number,
  rounds: number,
): Promise<number[]> {
  const camera = await RtspCamera.start(binary, { picture: PICTURE });
  const indexes = Array.from({ length: cameras }, (_, index) => index);
  const paths = Object.fromEntries(
    indexes.map((index) => [
      pathName(index),
      { ...measuredPath(camera.url), rtspTransport: 'tcp' },
    ]),
  );
  const values: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      values.push(await killedOnce(binary, paths, (control) => untilAvailable(control, cameras)));
    }
  } finally {
    await camera.stop();
  }
  return values;
}

/** An agent of its own for each kill: one that sees the second within a minute waits before it helps. */
async function killedOnce(
  binary: MediaMtxBinary,
  paths: Readonly<Record<string, MeasuredPath>>,
  isBack: (control: Control) => Promise<void>,
): Promise<number> {
  const site = await NodeSite.make(binary.path);
  const control = new Control(site.apiUrl);
  try {
    const first = await site.up();
    const { status } = await first.put('r1', paths);
    if (status !== 200) throw new Error(`the agent has refused the paths: ${status}`);
    await first.process.stop();
    // MediaMTX has them all now, from the disk of the agent.
    const agent = await site.up();
    await isBack(control);
    const pid = await agent.childPid();
    const begunMs = performance.now();
    process.kill(pid, 'SIGKILL');
    await isBack(control);
    return performance.now() - begunMs;
  } finally {
    control.close();
    await site.end();
  }
}

async function untilAvailable(control: Control, cameras: number): Promise<void> {
  await eventually(async () => {
    const items = await control.items();
    const available = items.filter((item) => item['available'] === true);
    if (available.length < cameras) throw new Error('not all are available');
  }, SOON);
}
