/** Each write costs time in proportion to the configured paths: the reason for one writer per node. */
import { expect } from '@jest/globals';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { onDemand } from '#test/support/mediamtx/looks.js';
import { type Target } from '#test/support/mediamtx/target.js';
import { onRealTarget } from '#test/support/mediamtx/targets.js';

const SIZES = [100, 500, 1000] as const;
const WRITES = 7;

const paths = (count: number): Record<string, Json> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `cost/${index}`,
      onDemand('rtsp://127.0.0.1:9/x'),
    ]),
  );

onRealTarget(({ it, use }) => {
  const targets = SIZES.map((size) => use({ filePaths: paths(size) }));

  it('takes longer for a write the more paths are configured', async () => {
    const medians: number[] = [];
    for (const target of targets) medians.push(await medianWriteMs(target()));
    const curve = SIZES.map((size, index) => `${size} paths: ${medians[index]?.toFixed(1)} ms`);
    console.info(`one replace, median: ${curve.join(', ')}`);
    expect(medians.at(-1)).toBeGreaterThan(medians[0]! * 2);
  });
});

async function medianWriteMs({ api }: Target): Promise<number> {
  const times: number[] = [];
  for (let write = 0; write < WRITES; write += 1) {
    const start = performance.now();
    expect((await api.replace('cost/0', onDemand('rtsp://127.0.0.1:9/x'))).status).toBe(200);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(WRITES / 2)]!;
}
