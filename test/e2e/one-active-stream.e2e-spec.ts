import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const STARTS = 200;

describe('one active stream per camera', () => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let apis: ApiProcess[] = [];

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    const options = { databaseUrl: database.url, mediaMtxUrl: node.url };
    apis = await Promise.all([ApiProcess.start(options), ApiProcess.start(options)]);
  });

  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await node.stop();
    await database.close();
  });

  it(`lets one of ${STARTS} concurrent starts over two processes win, and tells the rest which`, async () => {
    const answers = await Promise.all(
      Array.from({ length: STARTS }, (_, index) =>
        apis[index % apis.length]!.client.start('gate', secretSource(`127.0.0.1:9/${index}`)),
      ),
    );
    const winners = answers.filter(({ status }) => status === 201);
    const losers = answers.filter(({ status }) => status === 409);
    const id = winners[0]?.body.id;

    expect(winners).toHaveLength(1);
    expect(losers).toHaveLength(STARTS - 1);
    expect(new Set(losers.map(({ problem }) => problem.activeStreamId))).toEqual(new Set([id]));
    expect(losers[0]?.problem.code).toBe('stream.camera_busy');
    expect(losers[0]?.problem.detail).toContain(String(id));
    const rows = await database.query('SELECT id, desired FROM streams');
    expect(rows).toEqual([{ id, desired: 'RUNNING' }]);
    await eventually(async () => {
      const response = await fetch(`${node.url}/v3/paths/list`);
      expect(await response.json()).toMatchObject({ itemCount: 1, items: [{ name: 'cam/gate' }] });
    });
  });
});
