import { type Section } from '../figures/section.js';
import { bulk } from './bulk.js';
import { process } from './process.js';
import { reads } from './reads.js';
import { recovery } from './recovery.js';
import { starts } from './starts.js';
import { tick } from './tick.js';

/** In the order of the document. */
export const SECTIONS: readonly Section[] = [reads, starts, tick, recovery, process, bulk];
