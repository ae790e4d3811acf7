import { type CheckedSource } from '#api-client/client.js';

import { fields } from '../output/table.js';

export function checkLines(checked: CheckedSource): string[] {
  const { source, message, tracks, advice } = checked;
  return fields([
    ['source', source],
    ['reachable', reachableOf(checked)],
    ...(message === null ? [] : [['why', message] as const]),
    ...(tracks ?? []).map(({ kind, codec, hasBFrames }) => {
      return [kind, `${codec}${hasBFrames ? ', with B-frames' : ''}`] as const;
    }),
    ...advice.map((words) => ['advice', words] as const),
  ]);
}

function reachableOf({ reachable, reason }: CheckedSource): string {
  if (reachable === null) {
    return 'not known';
  }
  return reachable ? 'yes' : `no (${reason ?? 'for no known reason'})`;
}
