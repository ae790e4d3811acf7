/** What the agent's next MediaMTX starts with is what is wanted, no more and no less. */
import { type Json } from '#test/support/mediamtx/control-api.js';

import { type Story } from '../story/story.js';
import { type LedgerRow } from '../world/ledger.js';
import { PREFIX } from '../world/settings.js';
import { isParked } from './expected.js';
import { wrongFields } from './wrong-fields.js';

export function setFaults(
  { world }: Story,
  rows: readonly LedgerRow[],
  configured: ReadonlyMap<string, Json>,
): string[] {
  const { agent } = world.node;
  // While there are strangers the database may be a wrong one, and the set stays as it was.
  const hasStrangers = [...configured.keys()].some((name) =>
    name.startsWith(`${PREFIX}/stranger-`),
  );
  if (agent === null || hasStrangers) return [];
  const set = agent.wanted();
  const wanted = rows.filter((row) => row.desired === 'RUNNING' && !isParked(row));
  if (set === null) return wanted.length === 0 ? [] : ['the agent has no set'];
  const names = new Set(wanted.map(({ path }) => path));
  const extra = Object.keys(set).filter((name) => !names.has(name));
  return [
    ...extra.map((name) => `the agent would start ${name}, and nobody wants it`),
    ...wanted.flatMap((row) => missing(row, set[row.path])),
  ];
}

function missing(row: LedgerRow, path: Json | undefined): string[] {
  return path === undefined
    ? [`the agent would not start ${row.path}, and it is wanted`]
    : wrongFields(row, path).map((field) => `the agent has the wrong ${field} of ${row.path}`);
}
