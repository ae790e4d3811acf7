import { type Bench } from '../support/bench.js';
import { type Figure } from './figure.js';

/** A part of docs/benchmarks.md, measured by itself. */
export interface Section {
  /** As in `npm run bench -- reads`. */
  readonly name: string;
  readonly title: string;
  /** What is compared with what, in words: a paragraph. */
  readonly compares: string;
  /** Cannot be measured without a real MediaMTX, and ffmpeg. */
  readonly needsMediaMtx: boolean;
  readonly measure: (bench: Bench) => Promise<readonly Figure[]>;
}
