/** What a simulated agent answers, or does not. */
import { setTimeout as delay } from 'node:timers/promises';

import { Reason } from '#streaming/domain/reason.js';

import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';
import { type AgentBend, type AgentError } from '../world/chaos-node.js';
import { agentOf } from './agent-faults.js';
import { type Fault, diceOf, pick } from './fault.js';

/** Long before anything that the seed asks for. */
const OLD_MS = 60_000;

function bending(
  bendOf: (step: FaultStep, story: Story) => AgentBend,
  settleMs: (step: FaultStep) => number = () => 0,
): Fault {
  return {
    holds: () => [],
    begin: async (story, step) => {
      const straighten = agentOf(story).bend(bendOf(step, story));
      return async () => {
        straighten();
        await delay(settleMs(step));
      };
    },
  };
}

const lateMs = (step: FaultStep): number => 200 + Math.floor(diceOf(step)() * 3_000);

/** Of every camera, whatever it does: that it was once so says nothing of now. */
function oldErrors(step: FaultStep, { cameras }: Story): Record<string, AgentError> {
  const codes = [Reason.sourceAuthFailed, Reason.sourceNotFound, Reason.sourceTls];
  const at = new Date(Date.now() - OLD_MS).toISOString();
  const error = { code: pick(diceOf(step), codes), at, count: step.dice };
  return Object.fromEntries(cameras.map(({ path }) => [path, error]));
}

export const agentAnswerFaults = {
  'agent report hangs': bending(() => ({ kind: 'hang', on: 'report' })),
  'agent answers 500': bending(() => ({ kind: 'status', status: 500 })),
  'agent answers 401': bending(() => ({ kind: 'status', status: 401 })),
  'agent report malformed': bending(() => ({ kind: 'malformed', on: 'report' })),
  'agent set accepted, its answer lost': bending(() => ({ kind: 'answer lost', on: 'wanted' })),
  'agent set accepted late': bending(
    (step) => ({ kind: 'late', on: 'wanted', ms: lateMs(step) }),
    lateMs,
  ),
  'agent floods with pokes': bending(() => ({ kind: 'flood' })),
  'agent tells old errors': bending((step, story) => ({
    kind: 'lie',
    errors: oldErrors(step, story),
  })),
} satisfies Record<string, Fault>;
