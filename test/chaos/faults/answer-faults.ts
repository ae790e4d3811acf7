/** What the node answers, or does not. Several may be at work; the first that fits a request hits. */
import { setTimeout as delay } from 'node:timers/promises';

import { type Fault as Bend } from '#simulator/media-mtx-simulator.js';

import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';
import { type Fault, diceOf, pick } from './fault.js';

const WRITES = '/v3/config/paths/(replace|delete)/';
const LOOKS = '/v3/paths/';

function bending(
  bendOf: (step: FaultStep, story: Story) => Bend,
  settleMs: (step: FaultStep) => number = () => 0,
): Fault {
  return {
    holds: () => [],
    begin: async (story, step) => {
      const straighten = story.world.node.bend([bendOf(step, story)]);
      return async () => {
        straighten();
        await delay(settleMs(step));
      };
    },
  };
}

/** Looks only, writes only, or everything. */
function some(step: FaultStep): Pick<Bend, 'on'> {
  const part = pick(diceOf(step), [LOOKS, WRITES, null]);
  return part === null ? {} : { on: { pathPattern: new RegExp(part) } };
}

const looks = { on: { pathPattern: new RegExp(LOOKS) } };
const writes = { on: { pathPattern: new RegExp(WRITES) } };

const lateMs = (step: FaultStep): number => 200 + Math.floor(diceOf(step)() * 3_000);

export const answerFaults = {
  'node hangs': bending((step) => ({ kind: 'hang', ...some(step) })),
  'node answers 500': bending((step) => ({ kind: 'refuse', status: 500, ...some(step) })),
  'node answers 401': bending((step) => ({ kind: 'refuse', status: 401, ...some(step) })),
  'list truncated': bending(() => ({ kind: 'truncated', ...looks })),
  'list malformed': bending(() => ({ kind: 'malformed', ...looks })),
  'list of a wrong shape': bending((step) => ({
    kind: 'wrong-shape',
    shape: pick(diceOf(step), ['items-null', 'string-counts'] as const),
    ...looks,
  })),
  'list with a wrong count': bending(() => ({ kind: 'item-count', ...looks })),
  'list empty': bending(() => ({ kind: 'empty-list', ...looks })),
  'connections reset': bending((step) => ({ kind: 'reset', ...some(step) })),
  'answers slow': bending((step) => ({ kind: 'slow', ms: lateMs(step), ...some(step) })),
  'answer lost after the write': bending(() => ({ kind: 'lost-answer', ...writes })),
  'write applied late': bending(
    (step) => ({ kind: 'late-apply', ms: lateMs(step), ...writes }),
    // The last write of its time may have begun just now, behind others.
    (step) => 2 * lateMs(step),
  ),
  'write never applied': bending(() => ({ kind: 'lie', ...writes })),
  'one body refused': bending((step, story) => ({
    kind: 'refuse',
    status: 400,
    error: 'invalid source',
    on: { pathPattern: `/v3/config/paths/replace/${story.camera(step.camera).path}` },
  })),
} satisfies Record<string, Fault>;
