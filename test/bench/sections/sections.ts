import { type Section } from '../figures/section.js';
import { reads } from './reads.js';
import { starts } from './starts.js';
import { tick } from './tick.js';

/** In the order of the document. */
export const SECTIONS: readonly Section[] = [reads, starts, tick];
