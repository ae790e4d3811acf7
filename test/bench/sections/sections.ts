import { type Section } from '../figures/section.js';
import { bulk } from './bulk.js';
import { metrics } from './metrics.js';
import { process } from './process.js';
import { reads } from './reads.js';
import { recovery } from './recovery.js';
import { scrape } from './scrape.js';
import { starts } from './starts.js';
import { tick } from './tick.js';

/** In the order of the document. */
export const SECTIONS: readonly Section[] = [
  reads,
  metrics,
  scrape,
  starts,
  tick,
  recovery,
  process,
  bulk,
];
