/** What each name of a fault means, and which of them make sense on which target. */
import { type WorldKind } from '../world/world.js';
import { agentAnswerFaults } from './agent-answer-faults.js';
import { agentFaults } from './agent-faults.js';
import { answerFaults } from './answer-faults.js';
import { cameraFaults } from './camera-faults.js';
import { type Fault } from './fault.js';
import { AGENT_FAULTS, FAULT_NAMES, type FaultName } from './fault-names.js';
import { handFaults } from './hand-faults.js';
import { nodeFaults } from './node-faults.js';
import { postgresFaults } from './postgres-faults.js';
import { replicaFaults } from './replica-faults.js';
import { wayFaults } from './way-faults.js';

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  ...nodeFaults,
  ...answerFaults,
  ...handFaults,
  ...cameraFaults,
  ...replicaFaults,
  ...postgresFaults,
  ...wayFaults,
  ...agentFaults,
  ...agentAnswerFaults,
};

/**
 * A real server cannot be told to answer wrongly. A real camera is silent only when frozen, and the
 * dead one of the tests still answers, that it does not know the path.
 */
const SIMULATED_ONLY = new Set<string>([
  ...Object.keys(answerFaults),
  ...Object.keys(agentAnswerFaults),
  'camera silent',
  'camera does not know the path',
]);

/** In an order that is kept: a world without an agent draws what it has always drawn. */
export function faultsOn({ target, hasAgent }: WorldKind): FaultName[] {
  return FAULT_NAMES.filter((name) => target === 'simulator' || !SIMULATED_ONLY.has(name)).filter(
    (name) => hasAgent || !AGENT_FAULTS.includes(name),
  );
}
