/** What is wrong with a node, in words for people. */
import { HAZARDS, NODE_VERSION_UNSUPPORTED } from '../domain/node-hazards.js';
import { type NodeConditions, type NodeReport } from '../domain/ports/node-leases.js';
import { Reason, explain } from '../domain/reason.js';
import { LOOK_FRESH_MS } from '../domain/stream-status.js';

export function problemsOf({ nodeId, isLeased, lookAgeMs, conditions }: NodeReport): string[] {
  return [
    ...(isLeased ? [] : ['no instance holds its lease']),
    ...(lookAgeMs !== null && lookAgeMs <= LOOK_FRESH_MS
      ? []
      : ['not looked at successfully in the last 15 s']),
    ...(conditions === null ? [] : conditionProblems(nodeId, conditions)),
  ];
}

function conditionProblems(nodeId: string, conditions: NodeConditions): string[] {
  return [
    ...(conditions.isReachable ? [] : [`NODE_UNREACHABLE: ${conditions.cause ?? 'no answer'}`]),
    ...(isText(conditions.writeCause) ? [`NODE_WRITES_FAIL: ${conditions.writeCause}`] : []),
    ...hazardsOf(conditions)
      .filter((code) => code === NODE_VERSION_UNSUPPORTED)
      .map(sentenceOf),
    ...(conditions.isPoisoned
      ? [`${Reason.nodeConfigPoisoned}: ${explain(Reason.nodeConfigPoisoned)}`]
      : []),
    ...(conditions.unknownPaths > 0
      ? [
          `NODE_PATHS_UNKNOWN: ${conditions.unknownPaths} of its paths have no stream in the database, and none of them is removed; if it is the right database, run: npm run vigia -- adopt-empty --node ${nodeId}`,
        ]
      : []),
  ];
}

export function warningsOf(conditions: Partial<NodeConditions> | null): string[] {
  const leftOut = conditions?.leftOutPaths ?? 0;
  return [
    ...hazardsOf(conditions)
      .filter((code) => code !== NODE_VERSION_UNSUPPORTED)
      .map(sentenceOf),
    ...(isText(conditions?.agentCause)
      ? [
          `NODE_AGENT_UNREACHABLE: ${conditions.agentCause}; the node is looked after as one without an agent`,
        ]
      : []),
    ...(isText(conditions?.bootFileCause)
      ? [
          `NODE_BOOT_FILE_STALE: MediaMTX would boot with what was wanted earlier: ${conditions.bootFileCause}`,
        ]
      : []),
    ...(leftOut > 0
      ? [`NODE_PATHS_LEFT_OUT: MediaMTX would refuse ${leftOut} paths, and does not boot with them`]
      : []),
  ];
}

function hazardsOf(conditions: Partial<NodeConditions> | null): readonly string[] {
  return conditions?.hazards ?? [];
}

function sentenceOf(code: string): string {
  return `${code}: ${HAZARDS[code] ?? 'see the log'}`;
}

/** A row that an older version wrote lacks what came later. */
export function isText(value: string | null | undefined): value is string {
  return typeof value === 'string';
}
