/** What this module keeps in Postgres, named one by one: a glob would find what it should not. */
import { InitialSchema1764000000000 } from './migrations/1764000000000-initial-schema.js';
import { AdoptEmptyDatabase1764100000000 } from './migrations/1764100000000-adopt-empty-database.js';
import { SeveralNodes1764200000000 } from './migrations/1764200000000-several-nodes.js';
import { NodeLeaseRow } from './node-lease.row.js';
import { NodeRow } from './node.row.js';
import { StreamEventRow } from './stream-event.row.js';
import { StreamRow } from './stream.row.js';

export const STREAMING_ENTITIES = [NodeRow, StreamRow, StreamEventRow, NodeLeaseRow];
export const STREAMING_MIGRATIONS = [
  InitialSchema1764000000000,
  AdoptEmptyDatabase1764100000000,
  SeveralNodes1764200000000,
];
