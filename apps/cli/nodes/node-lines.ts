import { type Node } from '#api-client/client.js';

import { ageOf } from '../output/age.js';
import { table } from '../output/table.js';

const HEAD = ['NODE', 'HEALTH', 'PATHS', 'CAPACITY', 'VERSION', 'AGENT', 'HOLDER', 'LOOKED AT'];

/** A row each, and below all of them in words what is wrong with which. */
export function nodeLines(nodes: readonly Node[], now: Date): string[] {
  const rows = nodes.map((node) => [
    node.id,
    node.health,
    String(node.paths),
    node.capacity === null ? 'no limit' : String(node.capacity),
    node.version,
    node.hasAgent ? 'yes' : 'no',
    node.lease?.owner ?? null,
    node.lastLookAt && `${ageOf(node.lastLookAt, now) ?? ''} ago`,
  ]);
  const words = nodes.flatMap(({ id, problems, warnings }) => [
    ...problems.map((problem) => `${id}: ${problem}`),
    ...warnings.map((warning) => `${id}: warning: ${warning}`),
  ]);
  return [...table(HEAD, rows), ...(words.length > 0 ? ['', ...words] : [])];
}
