/**
 * Loaded before the main file of a process that is measured: at SIGUSR2 it says, as a line of JSON,
 * what the process has used since it was last asked. The code that is measured knows nothing of it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Also what the delays are measured with: too high hides the short ones. */
const RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

const loop =
  process.env.BENCH_OBSERVES_LOOP === 'true'
    ? monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    : null;
let answer = 0;
let cpu = process.cpuUsage();

process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage(cpu);
  answer += 1;
  const said = {
    bench: answer,
    cpuMs: (user + system) / 1_000,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    loopP99Ms: delayMs(loop?.percentile(99)),
    loopMaxMs: delayMs(loop?.max),
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
  loop?.reset();
  loop?.enable();
  cpu = process.cpuUsage();
});

/** A loop that is free answers after the resolution itself. */
function delayMs(ns) {
  return ns === undefined ? null : Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
}
