/** What every section is given. */
import {
  type MediaMtxBinary,
  findRealMediaMtx,
} from '#test/support/mediamtx/find-real-media-mtx.js';
import { hasFfmpeg } from '#test/support/ffmpeg.js';

export class Bench {
  private constructor(private readonly binary: MediaMtxBinary | null) {}

  static async open(): Promise<Bench> {
    return new Bench(hasFfmpeg ? await findRealMediaMtx() : null);
  }

  get hasMediaMtx(): boolean {
    return this.binary !== null;
  }

  get mediaMtx(): MediaMtxBinary {
    if (this.binary === null) throw new Error('there is no MediaMTX, or no ffmpeg');
    return this.binary;
  }

  /** So that who waits sees that something happens. */
  say(text: string): void {
    console.log(`  ${text}`);
  }
}

/** One value of each round for both sides, which take turns at going first. */
export async function sideBySide(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: number[]; theirs: number[] }> {
  const values = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) values.theirs.push(await theirs());
    values.ours.push(await ours());
    if (round % 2 === 1) values.theirs.push(await theirs());
  }
  return values;
}

export async function timed(action: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await action();
  return performance.now() - begunMs;
}
