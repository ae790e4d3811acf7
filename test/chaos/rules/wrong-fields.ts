import { type Json } from '#test/support/mediamtx/control-api.js';

import { type LedgerRow } from '../world/ledger.js';

/** Those that Vigia sends, and that are not as the row wants them. */
export function wrongFields(row: LedgerRow, path: Json): string[] {
  const wanted: Json = {
    source: row.source,
    sourceOnDemand: row.onDemand,
    rtspTransport: row.transport,
  };
  return Object.entries(wanted)
    .filter(([field, value]) => path[field] !== value)
    .map(([field]) => field);
}
