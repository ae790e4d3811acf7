import { describe, expect, it } from '@jest/globals';

import { explainPostgres } from './explain-postgres.js';

describe('explainPostgres', () => {
  it('quotes the last grave line and names the variable', () => {
    const tail = [
      '2026-11-23 10:00:00 UTC [7] LOG:  starting PostgreSQL 18.4',
      '2026-11-23 10:00:00 UTC [7] PANIC:  could not read file "global/pg_control"',
      '2026-11-23 10:00:00 UTC [7] LOG:  database system is shut down',
    ];
    const line = explainPostgres(tail, '/data/postgres', '/data/logs/postgres.log');

    expect(line).toContain('could not read file "global/pg_control"');
    expect(line).toContain('/data/postgres');
    expect(line).toContain('VIGIA_DATA_DIR');
    expect(line).not.toContain('\n');
  });

  it('quotes the last line of a server that did not get as far as logging', () => {
    const line = explainPostgres(['postgres: could not access the file', ''], '/d', '/l');
    expect(line).toContain('/d: postgres: could not access the file');
  });

  it('has no opinion when nothing was said', () => {
    expect(explainPostgres([], '/d', '/l')).toBeUndefined();
  });
});
