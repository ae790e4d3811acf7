/** What somebody alters by hand on one of our paths is put right, once, and nothing else is touched. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type PathBody, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually, throughout } from '#test/support/eventually.js';
import { ControlApi } from '#test/support/mediamtx/control-api.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { NEEDS_REAL, realMediaMtx } from '#test/support/mediamtx/targets.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const AUDIT_MS = 1_000;
const PATIENT = { timeoutMs: 15_000 };
const SOURCE = secretSource('127.0.0.1:9/live');
const FOREIGN = { source: 'rtsp://127.0.0.1:9/x' };

let database: TestDatabase;
let node: MediaMtxSimulator;
let control: ControlApi;
let api: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start({ filePaths: { foreign: FOREIGN } });
  control = new ControlApi(() => node.url);
  api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: { CONFIG_AUDIT_INTERVAL_MS: String(AUDIT_MS) },
  });
  await Promise.all(
    ['one', 'two'].map((camera) => api.client.start(camera, SOURCE, { waitS: 20 })),
  );
  node.clearJournal();
});

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

function audits(): number {
  return node.requests.filter(({ path }) => path.startsWith('/v3/config/paths/list')).length;
}

async function severalAudits(): Promise<void> {
  const before = audits();
  await eventually(() => {
    expect(audits() - before).toBeGreaterThanOrEqual(3);
  }, PATIENT);
}

describe('drift made by hand', () => {
  it('is looked for again and again, and nothing is written while there is none', async () => {
    await severalAudits();
    expect(node.configWrites).toBe(0);
  });

  it.each<[string, PathBody]>([
    ['a wrong source', { source: 'rtsp://10.6.6.6/elsewhere' }],
    ['a wrong flag', { sourceOnDemand: true }],
    ['a wrong transport', { rtspTransport: 'udp' }],
  ])('%s is put right with one write', async (_, change) => {
    const wanted = (await control.config('cam/one')).json;
    node.clearJournal();
    node.alterByHand('cam/one', change);
    await eventually(async () => {
      expect((await control.config('cam/one')).json).toEqual(wanted);
    }, PATIENT);
    await severalAudits();
    expect(node.configWrites).toBe(1);
  });

  it('is left alone where it is not ours', async () => {
    node.clearJournal();
    node.alterByHand('foreign', { source: 'rtsp://127.0.0.1:9/y' });
    await severalAudits();
    expect(node.configWrites).toBe(0);
    expect((await control.config('foreign')).json).toMatchObject({
      source: 'rtsp://127.0.0.1:9/y',
    });
  });

  it('is said with the path and the fields, and no credential', () => {
    const lines = api.logLines().filter(({ msg }) => String(msg).includes('altered by hand'));
    expect(lines.map(({ path, fields }) => [path, fields])).toEqual([
      ['cam/one', ['source']],
      ['cam/one', ['sourceOnDemand']],
      ['cam/one', ['rtspTransport']],
    ]);
    expect(api.logs).not.toContain(CANARY);
    expect(api.logs).not.toContain('10.6.6.6');
  });
});

/** As the server itself counts them. */
function writesOf({ log }: RealMediaMtx): number {
  return log.split('reloading configuration (API request)').length - 1;
}

const onReal = realMediaMtx === null ? it.skip : it;

describe('drift on a real MediaMTX', () => {
  onReal(`a wrong source is put right ${NEEDS_REAL}`, async () => {
    const real = await RealMediaMtx.start(realMediaMtx!);
    const own = await TestDatabase.create();
    const vigia = await ApiProcess.start({
      databaseUrl: own.url,
      mediaMtxUrl: real.url,
      env: { CONFIG_AUDIT_INTERVAL_MS: String(AUDIT_MS) },
    });
    try {
      const source = secretSource('127.0.0.1:9/dead');
      await vigia.client.start('one', source);
      await eventually(async () => {
        expect((await real.api.config('cam/one')).json).toMatchObject({ source });
      }, PATIENT);
      await eventually(async () => {
        const { body } = await vigia.client.get<{ items: { status: string }[] }>('/api/streams');
        expect(body.items).toMatchObject([{ status: 'STARTING' }]);
      }, PATIENT);
      const before = writesOf(real);
      await real.api.patch('cam/one', { source: 'rtsp://127.0.0.1:9/elsewhere' });
      await eventually(() => {
        expect(writesOf(real) - before).toBe(2);
      }, PATIENT);
      // Long enough for two more audits: the hand's write and ours, and no other.
      await throughout(2 * AUDIT_MS + 500, () => {
        expect(writesOf(real) - before).toBe(2);
      });
      expect((await real.api.config('cam/one')).json).toMatchObject({ source });
    } finally {
      await vigia.stop();
      await own.close();
      await real.stop();
    }
  });
});
