import { type Postgres } from './postgres.mjs';

/** A migrated database, of which each `TestDatabase` of this process and its children is a clone. */
export function prepareTemplate(postgres: Postgres): Promise<void>;
