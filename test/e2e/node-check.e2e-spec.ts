/** What in a node's own configuration works against us is said in /health, and once in the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type NodeHealth } from '#streaming/application/read-nodes.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { ControlApi } from '#test/support/mediamtx/control-api.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 15_000 };

interface Health {
  readonly status: string;
  readonly details: { readonly mediamtx: { readonly nodes: readonly NodeHealth[] } };
}

let database: TestDatabase;
let node: MediaMtxSimulator;
let api: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start({ version: 'v1.15.6' });
  await new ControlApi(() => node.url).call('PATCH', '/v3/config/global/patch', {
    body: { rtspUDPReadBufferSize: 1_000 },
  });
  node.addForeign('all_others', {});
  api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: { CONFIG_AUDIT_INTERVAL_MS: '500', LEASE_TTL_MS: '3000' },
  });
});

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

async function health(): Promise<Health & { node: NodeHealth }> {
  const { status, body } = await api.client.get<Health>('/health');
  expect(status).toBe(200);
  return { ...body, node: body.details.mediamtx.nodes[0]! };
}

function saidHazards(): unknown[] {
  return api
    .logLines()
    .filter(({ level }) => level === 'warn')
    .map(({ code }) => code)
    .filter((code) => code !== undefined);
}

describe('the check of a node', () => {
  it('names a version that is too old as a problem, and hazards as warnings', async () => {
    await eventually(async () => {
      expect(await health()).toMatchObject({
        status: 'degraded',
        node: {
          isHealthy: false,
          version: 'v1.15.6',
          problems: [expect.stringMatching(/^NODE_VERSION_UNSUPPORTED: /)],
          warnings: [
            expect.stringMatching(/^NODE_UDP_READ_BUFFER_SIZE: /),
            expect.stringMatching(/^NODE_CATCH_ALL_PATH: /),
          ],
        },
      });
    }, PATIENT);
  });

  it('drops a warning once its cause is gone, and says each in the log once', async () => {
    node.removeByHand('all_others');
    await eventually(async () => {
      const { warnings } = (await health()).node;
      expect(warnings).toEqual([expect.stringMatching(/^NODE_UDP_READ_BUFFER_SIZE: /)]);
    }, PATIENT);
    expect(saidHazards()).toEqual([
      'NODE_VERSION_UNSUPPORTED',
      'NODE_UDP_READ_BUFFER_SIZE',
      'NODE_CATCH_ALL_PATH',
    ]);
  });

  it('writes nothing to the node for all that', () => {
    expect(node.configWrites).toBe(0);
  });
});
