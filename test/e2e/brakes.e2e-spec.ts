/**
 * Vigia wakes up with a database that does not know the site that runs on the node: empty, or another
 * one. It must switch nothing off, say why, and let an operator say that the database is right.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually, throughout } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const CLI = path.resolve(import.meta.dirname, '../../dist/apps/cli/main.js');
const PATIENT = { timeoutMs: 20_000 };
const ORPHAN_GRACE_MS = 300;
const GRACES = 5;

describe.each([
  ['an empty database', []],
  ['a database of three other cameras', ['cam/gate-1', 'cam/gate-2', 'cam/gate-3']],
])('a site that runs on the node, and %s', (_what, known) => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { ORPHAN_GRACE_MS: String(ORPHAN_GRACE_MS), RECONCILE_INTERVAL_MS: '100' },
    });
    for (const name of known) {
      const source = secretSource('127.0.0.1:9/live');
      const { body } = await api.client.start(path.basename(name), source, { waitS: 20 });
      expect(body).toMatchObject({ path: name, status: 'RUNNING' });
    }
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  afterEach(async () => {
    (await pathNames())
      .filter((name) => !known.includes(name))
      .forEach((name) => {
        node.removeByHand(name);
      });
    await eventually(async () => {
      expect(await health()).not.toContain('NODE_PATHS_UNKNOWN');
    }, PATIENT);
  });

  /** Paths under our prefix that run, as an earlier Vigia with another database left them. */
  function aSiteOf(size: number): string[] {
    const names = Array.from({ length: size }, (_, index) => `cam/site-${100 + index}`);
    names.forEach((name) => {
      node.addForeign(name, { source: secretSource('127.0.0.1:9/live') });
    });
    return names;
  }

  async function pathNames(): Promise<string[]> {
    const response = await fetch(`${node.url}/v3/paths/list?itemsPerPage=100000`);
    const { items } = (await response.json()) as { items: { name: string }[] };
    return items.map(({ name }) => name);
  }

  const health = async (): Promise<string> =>
    JSON.stringify((await api.client.get<object>('/health')).body);

  async function expectBraked(site: readonly string[]): Promise<void> {
    await eventually(async () => {
      expect(await health()).toContain(
        `NODE_PATHS_UNKNOWN: ${site.length} of its paths have no stream in the database`,
      );
    }, PATIENT);
  }

  /** For several times as long as a stranger is left alone before it is removed. */
  async function expectToStay(names: readonly string[]): Promise<void> {
    await throughout(
      GRACES * ORPHAN_GRACE_MS,
      async () => {
        expect(await pathNames()).toEqual(names);
      },
      100,
    );
  }

  async function adoptEmpty(): Promise<ChildProcess> {
    const command = await ChildProcess.start(
      process.execPath,
      [CLI, 'adopt-empty', '--node', 'default'],
      { env: { DATABASE_URL: database.url } },
    );
    await command.exited;
    return command;
  }

  it.each([20, 8])('switch off none of its %d paths, and /health names them', async (size) => {
    const writes = node.configWrites;
    const site = aSiteOf(size);
    await expectBraked(site);

    await expectToStay([...known, ...site]);
    await expectBraked(site);
    expect(node.configWrites).toBe(writes);
  });

  it("removes them on an operator's word, and nothing else", async () => {
    const site = aSiteOf(20);
    await expectBraked(site);

    const command = await adoptEmpty();
    expect(command.output).toContain('20 paths of node default have no stream in this database');
    expect(await command.exited).toBe(0);
    await eventually(async () => {
      expect(await pathNames()).toEqual(known);
    }, PATIENT);
    const removed = node.requests
      .filter(({ method }) => method === 'DELETE')
      .map(({ path: url }) => url.replace('/v3/config/paths/delete/', ''));
    expect([...new Set(removed)].sort()).toEqual(site);
  }, 60_000);
});
