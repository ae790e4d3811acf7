/** The least that can answer the same: Fastify and `pg`, the same statements, the rows as they come. */
import Fastify from 'fastify';
import pg from 'pg';

import { dataSourceOptions } from '#platform/database/data-source.js';
import { DETAILS_SQL, listQuery } from '#streaming/infrastructure/postgres/stream-queries.js';

import { given } from './given.js';

export interface BareServerGiven {
  readonly port: number;
  readonly databaseUrl: string;
}

const { port, databaseUrl } = given() as BareServerGiven;
/** As many connections as the API has. */
const { poolSize } = dataSourceOptions({ url: databaseUrl, entities: [], migrations: [] });
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const server = Fastify();

server.get<{ Params: { id: string } }>('/api/streams/:id', async ({ params }, reply) => {
  const { rows } = await pool.query(DETAILS_SQL, [params.id]);
  return reply.type('application/json').send(JSON.stringify(rows[0]));
});

server.get<{ Querystring: { limit: string } }>('/api/streams', async ({ query }, reply) => {
  const page = { limit: Number(query.limit) + 1, beforeId: null };
  const { sql, parameters } = listQuery({}, page);
  const { rows } = await pool.query(sql, parameters);
  return reply.type('application/json').send(JSON.stringify(rows));
});

await server.listen({ port, host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('listening\n');
