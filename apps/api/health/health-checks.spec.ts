import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type NodeHealth } from '#streaming/application/read-nodes.js';
import { STREAMING_MIGRATIONS } from '#streaming/infrastructure/postgres/schema.js';
import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { HealthChecks } from './health-checks.js';

let clock: FakeClock;
let checks: HealthChecks;
let answer: () => Promise<{ applied: number }[]>;

const migrated = (): Promise<{ applied: number }[]> =>
  Promise.resolve([{ applied: STREAMING_MIGRATIONS.length }]);

beforeEach(() => {
  silentLogs();
  clock = new FakeClock();
  answer = migrated;
  const connection = {
    query: <Row extends object>() => answer() as unknown as Promise<Row[]>,
    close: () => Promise.resolve(),
  };
  const nodes = { execute: (): Promise<NodeHealth[]> => Promise.resolve([]) };
  checks = new HealthChecks(connection, nodes, clock);
});

afterEach(() => checks.onApplicationShutdown());

describe('the checks beside', () => {
  it('hold no database for up before it has answered', () => {
    expect(checks.isDatabaseUp).toBe(false);
  });

  it('hold a migrated database for up', async () => {
    checks.onApplicationBootstrap();
    await settled();

    expect(checks.isDatabaseUp).toBe(true);
    expect(checks.nodes.current).toMatchObject({ kind: 'good', value: [] });
  });

  it('hold a database for down that lacks a migration', async () => {
    answer = () => Promise.resolve([{ applied: STREAMING_MIGRATIONS.length - 1 }]);
    checks.onApplicationBootstrap();
    await settled();

    expect(checks.isDatabaseUp).toBe(false);
  });

  it('hold a database for down that has been silent for a second and a half', async () => {
    checks.onApplicationBootstrap();
    await settled();
    await clock.advance(1_500);

    expect(checks.isDatabaseUp).toBe(false);
  });

  it('bear one answer that takes a second', async () => {
    checks.onApplicationBootstrap();
    await settled();
    await clock.advance(250 + 1_000);

    expect(checks.isDatabaseUp).toBe(true);
  });
});
