/** What each name of a fault means, and which of them make sense on which target. */
import { type TargetName } from '../world/world.js';
import { answerFaults } from './answer-faults.js';
import { cameraFaults } from './camera-faults.js';
import { type Fault } from './fault.js';
import { FAULT_NAMES, type FaultName } from './fault-names.js';
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
};

/**
 * A real server cannot be told to answer wrongly. A real camera is silent only when frozen, and the
 * dead one of the tests still answers, that it does not know the path.
 */
const SIMULATED_ONLY = new Set<string>([
  ...Object.keys(answerFaults),
  'camera silent',
  'camera does not know the path',
]);

export function faultsOn(target: TargetName): FaultName[] {
  return FAULT_NAMES.filter((name) => target === 'simulator' || !SIMULATED_ONLY.has(name));
}
