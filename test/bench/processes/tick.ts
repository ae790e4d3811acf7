/**
 * Ticks of the product, wired as the API wires them but without its clockwork, beside the bare calls
 * that no tick can do without: a list, read, and a SELECT. Both in this one process, in turn.
 */
import { request, Agent } from 'node:http';

import pg from 'pg';

import { loadApiConfig } from '#platform/config/api-config.js';
import { HeldLease } from '#streaming/application/held-lease.js';
import { ReconcileNode } from '#streaming/application/reconcile-node.js';
import { WORKING_SET_SQL } from '#streaming/infrastructure/postgres/stream-queries.js';
import { NODE_ID } from '#test/support/postgres/builders.js';

import { createApp } from '../../../apps/api/create-app.js';
import { given } from './given.js';

export interface TickGiven {
  readonly databaseUrl: string;
  readonly mediaMtxUrl: string;
  readonly rounds: number;
  /** In a row, before the other side has its turn. */
  readonly ticksPerRound: number;
  readonly warmUp: number;
}

export interface Cost {
  /** Of one tick, on average over a round. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface TickResult {
  readonly ticks: readonly Cost[];
  readonly bare: readonly Cost[];
  readonly enqueued: number;
  readonly saved: number;
}

const { databaseUrl, mediaMtxUrl, rounds, ticksPerRound, warmUp } = given() as TickGiven;
const environment = { DATABASE_URL: databaseUrl, MEDIAMTX_API_URL: mediaMtxUrl, LOG_LEVEL: 'warn' };
const app = await createApp(loadApiConfig(environment).config);
await app.init();
const lease = app.get(HeldLease);
const reconcile = app.get(ReconcileNode);
const agent = new Agent({ keepAlive: true });
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();

let enqueued = 0;
let saved = 0;

async function tick(): Promise<void> {
  const fence = lease.current;
  if (fence === null) throw new Error('the lease is lost');
  const result = await reconcile.execute(fence);
  await lease.saveConditions(fence);
  if (!result.isConclusive) throw new Error('the look was inconclusive');
  enqueued += result.enqueued;
  saved += result.saved;
}

async function bare(): Promise<void> {
  const list = JSON.parse(await listing()) as { items: unknown[] };
  const { rows } = await client.query(WORKING_SET_SQL, [NODE_ID, 0]);
  if (list.items.length !== rows.length) throw new Error('the site is not steady');
}

function listing(): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`${mediaMtxUrl}/v3/paths/list?itemsPerPage=100000`, { agent });
    call.once('error', reject);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    call.end();
  });
}

async function costOf(action: () => Promise<void>): Promise<Cost> {
  await lease.renew();
  // What the other side has left behind must not be cleared away at this one's cost.
  globalThis.gc?.();
  const [begunMs, cpu] = [performance.now(), process.cpuUsage()];
  for (let count = 0; count < ticksPerRound; count += 1) await action();
  const { user, system } = process.cpuUsage(cpu);
  return {
    wallMs: (performance.now() - begunMs) / ticksPerRound,
    cpuMs: (user + system) / 1_000 / ticksPerRound,
  };
}

async function measured(count: number): Promise<Omit<TickResult, 'enqueued' | 'saved'>> {
  const ticks: Cost[] = [];
  const bares: Cost[] = [];
  for (let round = 0; round < count; round += 1) {
    if (round % 2 === 0) bares.push(await costOf(bare));
    ticks.push(await costOf(tick));
    if (round % 2 === 1) bares.push(await costOf(bare));
  }
  return { ticks, bare: bares };
}

await measured(warmUp);
process.stdout.write('warm\n');
// Until whoever counts the writes has begun to.
await new Promise((resolve) => process.once('SIGUSR1', resolve));
[enqueued, saved] = [0, 0];
const result: TickResult = { ...(await measured(rounds)), enqueued, saved };
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
