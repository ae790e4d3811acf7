/** Somebody who watches a path over RTSP, and notes when something came. */
import { type ChildProcess, spawn } from 'node:child_process';

import { eventually } from '#test/support/eventually.js';

const COPY = ['-c', 'copy', '-flush_packets', '1', '-f', 'h264', 'pipe:1'];
const SOON = { timeoutMs: 20_000 };

export class Viewer {
  private arrivals: number[] = [];

  private constructor(private readonly process: ChildProcess) {
    process.stdout?.on('data', () => this.arrivals.push(performance.now()));
  }

  /** Resolves when the picture flows. */
  static async of(url: string): Promise<Viewer> {
    const input = ['-nostdin', '-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', url];
    const viewer = new Viewer(
      spawn('ffmpeg', [...input, ...COPY], { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    await eventually(() => {
      if (viewer.arrivals.length < 10) throw new Error('nothing comes');
    }, SOON);
    return viewer;
  }

  /** The longest time without anything while that went on, in ms, up to the frame after it. */
  async longestGapDuring(action: () => Promise<unknown>): Promise<number> {
    this.arrivals = [performance.now()];
    await action();
    const count = this.arrivals.length;
    await eventually(() => {
      if (this.arrivals.length <= count) throw new Error('the picture has ended');
    }, SOON);
    const gaps = this.arrivals.slice(1).map((at, index) => at - (this.arrivals[index] ?? at));
    return Math.max(...gaps);
  }

  leave(): void {
    this.process.kill('SIGKILL');
  }
}
