import { afterAll, beforeAll, expect, it } from '@jest/globals';
import path from 'node:path';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const MAIN = path.resolve(import.meta.dirname, '../../dist/apps/api/main.js');

let database: TestDatabase;
let node: MediaMtxSimulator;
let api: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
  api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
});

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

it('names the variable when its port is taken, and leaves the lease to who listens there', async () => {
  const lease = (): Promise<object[]> => database.query('SELECT owner, epoch FROM node_leases');
  await eventually(async () => {
    expect(await lease()).toHaveLength(1);
  });
  const before = await lease();
  const second = await ChildProcess.start(process.execPath, [MAIN], {
    env: {
      DATABASE_URL: database.url,
      MEDIAMTX_API_URL: node.url,
      PORT: String(api.port),
      LOG_LEVEL: 'warn',
    },
  });

  expect(await second.exited).toBe(1);
  // Among lines of the log, which has a way of its own out of the process.
  expect(second.output).toMatch(/^The port is taken: .*Set PORT to another one\.$/m);
  expect(await lease()).toEqual(before);
});
