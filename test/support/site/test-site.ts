/**
 * The API over one node and a database of its own, and what a test of healing asks of all three:
 * whether what is observed is what is wanted, at which cost, and whether the story that the events
 * tell is one.
 */
import { expect } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';

import { secretSource } from '../api/api-client.js';
import { type ApiOptions, ApiProcess } from '../api/api-process.js';
import { eventually } from '../eventually.js';
import { ControlApi } from '../mediamtx/control-api.js';
import { TestDatabase } from '../postgres/test-database.js';
import { WrittenRows } from '../postgres/written-rows.js';
import { Proxy } from '../proxy.js';
import { type JournaledNode, type Mark, NodeJournal } from './node-journal.js';

/** For a machine that is busy; what is fast is counted in ticks instead. */
export const PATIENT = { timeoutMs: 20_000 };

/**
 * Vigia promises two. A tick hands its writes over and never waits for them, so on a busy machine
 * some more of them, brisk as they are here, begin while the writer is at work.
 */
const TICKS_TO_HEAL = 2 + 3;
const QUIET_TICKS = 3;

/** Brisk, and without the pace of a large restore, so that ticks can be counted. */
const ENV = {
  RECONCILE_INTERVAL_MS: '250',
  DIALS_PER_SECOND: '0',
};

/** The simulator calls every source live that it was not told about. */
const LIVE_SOURCE = secretSource('127.0.0.1:9/live');

interface Options extends Pick<ApiOptions, 'env' | 'isCrashable'> {
  readonly source?: string;
}

export class TestSite {
  readonly control: ControlApi;
  readonly journal: NodeJournal;
  private readonly proxyPort: number;
  private camera = 0;

  private constructor(
    readonly database: TestDatabase,
    private proxy: Proxy,
    readonly api: ApiProcess,
    node: JournaledNode,
    /** Of all its streams. */
    readonly source: string,
  ) {
    this.control = new ControlApi(() => node.url);
    this.journal = new NodeJournal(node);
    this.proxyPort = proxy.port;
  }

  static async open(
    node: JournaledNode,
    { source = LIVE_SOURCE, env, ...options }: Options = {},
  ): Promise<TestSite> {
    const database = await TestDatabase.create();
    const proxy = await Proxy.start(Number(new URL(database.url).port));
    const api = await ApiProcess.start({
      databaseUrl: proxy.through(database.url),
      mediaMtxUrl: node.url,
      env: { ...ENV, ...env },
      ...options,
    });
    return new TestSite(database, proxy, api, node, source);
  }

  async close(): Promise<void> {
    await this.api.stop();
    await this.proxy.stop();
    await this.database.close();
  }

  /** Every connection breaks, as when Postgres restarts; new ones are welcome. */
  databaseRestarts(): void {
    this.proxy.cut();
  }

  /** Connections break, and new ones are refused. */
  databaseGoes(): Promise<void> {
    return this.proxy.stop();
  }

  async databaseReturns(): Promise<void> {
    const port = Number(new URL(this.database.url).port);
    this.proxy = await Proxy.start(port, this.proxyPort);
  }

  /** A camera that no other stream of the site is about. */
  newCamera(): string {
    this.camera += 1;
    return `camera-${this.camera}`;
  }

  async running(body: Readonly<Record<string, unknown>> = {}): Promise<StreamBody> {
    const started = await this.api.client.start(this.newCamera(), this.source, { waitS: 20, body });
    expect(started.body).toMatchObject({ status: 'RUNNING' });
    return started.body;
  }

  /** Those of one camera, newest first; without one, of all. */
  async streams(cameraId?: string): Promise<StreamBody[]> {
    const filter = cameraId === undefined ? '' : `&cameraId=${cameraId}`;
    const { body } = await this.api.client.get<{ items: StreamBody[] }>(
      `/api/streams?limit=500${filter}`,
    );
    return body.items;
  }

  async stopAll(): Promise<void> {
    const active = (await this.streams()).filter(({ desired }) => desired === 'RUNNING');
    await Promise.all(active.map(({ id }) => this.api.client.stop(id)));
    await this.expectAsWanted();
  }

  /** Names that the node serves by a configuration of their own. */
  async paths(): Promise<string[]> {
    const { json } = await this.control.get('/v3/paths/list?itemsPerPage=1000');
    const items = json['items'] as { name: string; confName: string }[];
    return items.flatMap(({ name, confName }) => (name === confName ? [name] : [])).sort();
  }

  /** Exactly what is wanted is served and believed, and nothing is left to remove. */
  async expectAsWanted(): Promise<void> {
    await eventually(async () => {
      // In this order: rows that were read before could be of before the loss that is now mended.
      const paths = await this.paths();
      const streams = await this.streams();
      const wanted = streams.filter(({ desired }) => desired === 'RUNNING');
      expect(paths).toEqual(wanted.map(({ path }) => path).sort());
      for (const { status, health, removalPending, desired } of streams) {
        expect({ status, health, removalPending }).toEqual(
          desired === 'RUNNING'
            ? { status: 'RUNNING', health: 'HEALTHY', removalPending: false }
            : { status: 'STOPPED', health: 'STOPPED', removalPending: false },
        );
      }
    }, PATIENT);
  }

  /** As wanted after a cause that ended at `since`: in time, at this cost, and then calm. */
  async expectHealed(since: Mark, writes: readonly string[]): Promise<void> {
    await this.expectMended(since, writes);
    this.expectInTime(since);
  }

  /** For causes of which nobody sees the end. */
  async expectMended(since: Mark, writes: readonly string[]): Promise<void> {
    await this.expectAsWanted();
    await this.expectCalm();
    expect(this.journal.writesSince(since).sort()).toEqual([...writes].sort());
  }

  expectInTime(since: Mark): void {
    expect(this.journal.ticksUntilLastWrite(since)).toBeLessThanOrEqual(TICKS_TO_HEAL);
  }

  /** Ticks go on, and none of them writes anything anywhere. */
  async expectCalm(): Promise<void> {
    const [mark, rows] = [this.journal.mark(), await WrittenRows.since(this.database)];
    await eventually(() => {
      expect(this.journal.looksSince(mark)).toBeGreaterThan(QUIET_TICKS);
    }, PATIENT);
    expect(this.journal.writesSince(mark)).toEqual([]);
    expect(await rows.count()).toBe(0);
  }

  /** Oldest first, as `STARTING → RUNNING`; each event begins where the one before it ended. */
  async story(id: string): Promise<string[]> {
    const events = await this.api.client.events(id);
    const [versions, from, to] = [
      events.map(({ version }) => version),
      events.map(({ fromStatus }) => fromStatus),
      events.map(({ toStatus }) => toStatus),
    ];
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
    expect(from).toEqual([null, ...to.slice(0, -1)]);
    expect(to.at(-1)).toBe((await this.api.client.stream(id)).status);
    return events.map(({ fromStatus, toStatus }) => `${fromStatus ?? 'new'} → ${toStatus}`);
  }
}
