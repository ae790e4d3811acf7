/**
 * `kill -9` at each point where a start, a stop or an observation is half done. After the restart
 * what was accepted is carried out, nothing happens twice, and then nothing is written any more.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { CRASH_LABELS, type CrashLabel } from '#test/support/crash/crash-labels.js';
import { eventually } from '#test/support/eventually.js';
import { ControlApi } from '#test/support/mediamtx/control-api.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 15_000 };
const SOURCE = secretSource('10.0.0.1:554/live');

let database: TestDatabase;
let node: MediaMtxSimulator;
let control: ControlApi;
let api: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
  control = new ControlApi(() => node.url);
  api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    isCrashable: true,
  });
});

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

/** The call is answered, or its connection ends with the process: both may happen. */
async function attempt(call: Promise<unknown>): Promise<void> {
  await call.catch(() => undefined);
}

async function diesAndIsRevived(label: CrashLabel, act: () => Promise<unknown>): Promise<void> {
  api.crashAt(label);
  await attempt(act());
  await api.exitCode();
  await api.revive();
}

async function streamsOf(cameraId: string): Promise<StreamBody[]> {
  const { body } = await api.client.get<{ items: StreamBody[] }>(
    `/api/streams?cameraId=${cameraId}`,
  );
  return body.items;
}

async function expectRunning(cameraId: string): Promise<StreamBody> {
  return eventually(async () => {
    const streams = await streamsOf(cameraId);
    expect(streams).toMatchObject([{ status: 'RUNNING', health: 'HEALTHY' }]);
    expect(await control.names()).toContain(`cam/${cameraId}`);
    return streams[0]!;
  }, PATIENT);
}

async function expectStopped(cameraId: string): Promise<void> {
  await eventually(async () => {
    expect(await streamsOf(cameraId)).toMatchObject([{ status: 'STOPPED', removalPending: false }]);
    expect(await control.names()).not.toContain(`cam/${cameraId}`);
  }, PATIENT);
}

/** Each event begins where the one before it ended, and no version is told twice. */
async function expectOneStory(id: string): Promise<void> {
  const events = await api.client.events(id);
  const versions = events.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
  expect(events.slice(1).map(({ fromStatus }) => fromStatus)).toEqual(
    events.slice(0, -1).map(({ toStatus }) => toStatus),
  );
}

async function written(): Promise<unknown> {
  const rows = await database.query('SELECT id, version, xmin::text FROM streams ORDER BY id');
  const events = await database.query('SELECT max(seq) FROM stream_events');
  return { rows, events, configWrites: node.configWrites };
}

/** Looks that were taken since: each is a tick. */
function looks(): number {
  return node.requests.filter(({ path }) => path.startsWith('/v3/paths/list')).length;
}

async function expectQuiet(): Promise<void> {
  const before = await written();
  const [first, last] = [looks(), 3];
  await eventually(() => {
    expect(looks() - first).toBeGreaterThanOrEqual(last);
  }, PATIENT);
  expect(await written()).toEqual(before);
}

const STARTING = CRASH_LABELS.filter((label) => !label.endsWith('-delete'));
const STOPPING = CRASH_LABELS.filter((label) => !label.endsWith('-replace'));
const RESTORING = CRASH_LABELS.filter((label) => !/commit|delete/.test(label));

describe('a process that is killed', () => {
  it.each(STARTING)('during a start, %s: the next one carries it out', async (label) => {
    await diesAndIsRevived(label, () => api.client.start(`start-${label}`, SOURCE));
    const { id } = await expectRunning(`start-${label}`);
    await expectOneStory(id);
    await expectQuiet();
  });

  it.each(STOPPING)('during a stop, %s: the next one carries it out', async (label) => {
    const { body } = await api.client.start(`stop-${label}`, SOURCE, { waitS: 20 });
    expect(body.status).toBe('RUNNING');
    await diesAndIsRevived(label, () => api.client.stop(body.id));
    await expectStopped(`stop-${label}`);
    await expectOneStory(body.id);
    await expectQuiet();
  });

  it.each(RESTORING)('during a restore, %s: the next one goes on', async (label) => {
    const { body } = await api.client.start(`restore-${label}`, SOURCE, { waitS: 20 });
    expect(body.status).toBe('RUNNING');
    await diesAndIsRevived(label, async () => {
      await node.restart();
    });
    const { id } = await expectRunning(`restore-${label}`);
    await expectOneStory(id);
    await expectQuiet();
  });
});
