/** Observed equals desired: in Postgres, at the node, and in what both replicas answer. */
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type Json } from '#test/support/mediamtx/control-api.js';

import { type Story } from '../story/story.js';
import { type LedgerRow } from '../world/ledger.js';
import { type Replica } from '../world/replica.js';
import { PREFIX } from '../world/settings.js';
import { setFaults } from './boot-set.js';
import { type Expected, expectedOf, isParked } from './expected.js';
import { wrongFields } from './wrong-fields.js';

/** From this share on strangers may be a wrong database, and stay until somebody has looked. */
const BRAKE_SHARE = 0.5;
const PATIENCE_MS = 2_000;

/** @returns each difference as a sentence; none when all is as it should be */
export async function differences(story: Story): Promise<string[]> {
  try {
    const [rows, configured, isHeld] = await Promise.all([
      story.world.ledger.workingRows(),
      story.world.node.hand.configurations(),
      story.world.ledger.isLeaseHeld(),
    ]);
    const atReplicas = await Promise.all(
      story.world.replicas.map((replica, index) => disagreements(story, replica, index, rows)),
    );
    return [
      ...(isHeld ? [] : ['nobody holds the lease']),
      ...rows.flatMap((row) => rowFaults(story, row, configured.get(row.path))),
      ...strangers(rows, configured),
      ...foreignFaults(story, configured),
      ...setFaults(story, rows, configured),
      ...atReplicas.flat(),
    ];
  } catch (failure) {
    return [`cannot be seen: ${String(failure)}`];
  }
}

function rowFaults(story: Story, row: LedgerRow, path: Json | undefined): string[] {
  const name = `stream ${row.id} of ${row.cameraId}`;
  if (row.desired === 'STOPPED') return [`${name} is stopped, its removal is pending`];
  const expected = expectedOf(story, row);
  const isLive = expected?.status === 'RUNNING' && !row.onDemand;
  // A camera that is back and was not dialled again yet: what is said of it may still change.
  const isAwaited = isLive && !story.witness.isFlowing(row.path);
  return [
    ...(isAwaited ? [`${name} has no media yet`] : []),
    ...(expected === null ? [] : stateFaults(name, row, expected)),
    ...pathFaults(row, path),
  ];
}

function stateFaults(name: string, row: LedgerRow, expected: Expected): string[] {
  const { status, reason } = expected;
  const isRight = row.status === status && (reason === null || row.reason === reason);
  return [
    ...(isRight ? [] : [`${name} is ${row.status} (${row.reason}), should be ${status}`]),
    ...(isParked(row) === expected.isParked ? [] : [`${name} should be parked`]),
  ];
}

function pathFaults(row: LedgerRow, path: Json | undefined): string[] {
  if (isParked(row)) return path === undefined ? [] : [`${row.path} is parked and on the node`];
  return path === undefined
    ? [`${row.path} is wanted and not on the node`]
    : wrongFields(row, path).map((field) => `${row.path} has the wrong ${field} on the node`);
}

/** Ours by name, and no row wants them. A majority of them may stay. */
function strangers(rows: readonly LedgerRow[], configured: ReadonlyMap<string, Json>): string[] {
  const own = [...configured.keys()].filter((name) => name.startsWith(`${PREFIX}/`));
  const wanted = new Set(rows.map(({ path }) => path));
  const unknown = own.filter((name) => !wanted.has(name));
  const neverStreams = unknown.filter((name) => name.startsWith(`${PREFIX}/stranger-`));
  const mayStay = neverStreams.length >= own.length * BRAKE_SHARE;
  return unknown
    .filter((name) => !(mayStay && neverStreams.includes(name)))
    .map((name) => `${name} is on the node and nobody wants it`);
}

function foreignFaults(story: Story, configured: ReadonlyMap<string, Json>): string[] {
  const isOurs = (name: string): boolean => name.startsWith(`${PREFIX}/`);
  const { expected } = story.foreign;
  const extra = [...configured.keys()].filter((name) => !isOurs(name) && !expected.has(name));
  const wrong = [...expected].filter(([name, body]) => {
    const path = configured.get(name);
    return Object.entries(body).some(([field, value]) => path?.[field] !== value);
  });
  return [
    ...extra.map((name) => `foreign path ${name} came from nowhere`),
    ...wrong.map(([name]) => `foreign path ${name} is gone or altered`),
  ];
}

async function disagreements(
  { tag }: Story,
  { api }: Replica,
  index: number,
  rows: readonly LedgerRow[],
): Promise<string[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await api.client.send<{ items: StreamBody[] }>('GET', '/api/streams?limit=100', {
    signal,
  });
  if (answer.status !== 200) return [`replica ${index} answers ${answer.status}`];
  const shown = new Map(answer.body.items.map((stream) => [stream.id, stream]));
  return rows
    .filter(({ cameraId }) => cameraId.startsWith(`${tag}-`))
    .flatMap(({ id, status }) => {
      const stream = shown.get(id);
      const isSame = stream?.status === status && stream.health !== 'UNKNOWN';
      const seen = `${stream?.status} with health ${stream?.health}`;
      return isSame ? [] : [`replica ${index} shows stream ${id} as ${seen}, it is ${status}`];
    });
}
