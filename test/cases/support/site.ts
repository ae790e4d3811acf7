/**
 * A site of twenty running streams: one node, one database, and the API at its default settings, with
 * a counting proxy on the way to the node. What is wanted is known here, and compared with what the
 * node itself says, past the proxy.
 */
import { secretSource } from '#test/support/api/api-client.js';
import { type ApiOptions, ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { Proxy } from '#test/support/proxy.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { WrittenRows } from '#test/support/postgres/written-rows.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';

import { type CaseNode, startNode } from './case-node.js';
import { CountingProxy } from './counting-proxy.js';

/** Of a site, where a case needs no other number. */
export const PATHS = 20;

/** Empty: what tests set for speed is unset, and the default of the product holds. */
const DEFAULTS = {
  RECONCILE_INTERVAL_MS: '',
  MEDIAMTX_TIMEOUT_MS: '',
  BREAKER_MAX_MS: '',
  LEASE_TTL_MS: '',
  CONFIG_AUDIT_INTERVAL_MS: '',
  SOURCE_DEADLINE_MS: '',
  ORPHAN_GRACE_MS: '',
  DIALS_PER_SECOND: '',
};

/** Longer than every limit: a miss is to be measured, too. */
const AT_LAST = { timeoutMs: 120_000, everyMs: 20 };
/** Asking a node for 1 000 paths costs it as much as a write. */
const RARELY = { timeoutMs: 300_000, everyMs: 500 };
const MANY = 100;
/** Callers; more would only wait for a connection to the database. */
const AT_ONCE = 8;

interface Page {
  readonly items: StreamBody[];
  readonly nextCursor: string | null;
}

export class Site {
  /** The id of the stream that each path is to carry; no other path may be there. */
  readonly wanted = new Map<string, string>();
  readonly apis: ApiProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly node: CaseNode,
    readonly proxy: CountingProxy,
    private wayToDatabase: Proxy,
    /** How long to wait for something, and how often to ask for it. */
    readonly patience: typeof AT_LAST,
  ) {}

  /** Open when all its streams are RUNNING and nothing is written any more. */
  static async open(paths: number): Promise<Site> {
    const database = await TestDatabase.create();
    const node = await startNode(paths);
    const proxy = await CountingProxy.start(node.url);
    const wayToDatabase = await Proxy.start(Number(new URL(database.url).port));
    const patience = paths > MANY ? RARELY : AT_LAST;
    const site = new Site(database, node, proxy, wayToDatabase, patience);
    try {
      await site.fill(paths);
    } catch (failure) {
      await site.close();
      throw failure;
    }
    return site;
  }

  get api(): ApiProcess {
    return this.apis[0]!;
  }

  get source(): string {
    return secretSource(this.node.camera);
  }

  /** @param crashable with `isCrashable`, it can be told where to die */
  async startApi(crashable: Pick<ApiOptions, 'isCrashable'> = {}): Promise<ApiProcess> {
    const api = await ApiProcess.start({
      databaseUrl: this.wayToDatabase.through(this.database.url),
      mediaMtxUrl: this.proxy.url,
      env: DEFAULTS,
      ...crashable,
    });
    this.apis.push(api);
    return api;
  }

  async start(cameraId: string): Promise<void> {
    const { status, body } = await this.api.client.start(cameraId, this.source);
    if (status !== 201) throw new Error(`the start of ${cameraId} was answered with ${status}`);
    this.wanted.set(body.path, body.id);
  }

  /** For a start that nobody saw answered: what was committed is wanted. */
  async adopt(cameraId: string): Promise<void> {
    const rows = await this.database.query<{ id: string; path: string }>(
      'SELECT id, path FROM streams WHERE camera_id = $1',
      [cameraId],
    );
    rows.forEach(({ id, path }) => this.wanted.set(path, id));
  }

  async stop(path: string): Promise<void> {
    await this.api.client.stop(this.wanted.get(path)!);
    this.wanted.delete(path);
  }

  private async fill(paths: number): Promise<void> {
    await this.startApi();
    const names = Array.from({ length: paths }, (_, index) => `case-${10 + index}`).values();
    const some = async (): Promise<void> => {
      for (const name of names) await this.start(name);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
    await this.settle();
  }

  async settle(): Promise<void> {
    await eventually(() => this.expectRunning(), this.patience);
    await eventually(() => this.expectNoWriteDuringALook(), AT_LAST);
  }

  /** @param except paths that are not asked about */
  async expectAsWanted(except: readonly string[] = []): Promise<void> {
    const configured = await this.node.api.items('/v3/config/paths/list');
    const own = configured.filter(({ name }) => String(name).startsWith('cam/'));
    const asked = (lines: string[]): string[] =>
      lines.filter((line) => !except.some((path) => line.startsWith(`${path} `))).sort();
    const seen = asked(own.map(described)).join('\n');
    const wanted = asked([...this.wanted.keys()].map((name) => this.asWanted(name))).join('\n');
    // Not by an assertion of the test framework: it would show the credentials of the sources.
    if (seen !== wanted) throw new Error('the node is not as wanted');
  }

  /** By what the API says, and by what the node itself counts. */
  async expectRunning(except: readonly string[] = []): Promise<void> {
    await this.expectAsWanted(except);
    const streams = await this.streams();
    const paths = new Map((await this.node.api.items()).map((item) => [item['name'], item]));
    for (const [path, id] of this.wanted) {
      if (except.includes(path)) continue;
      expectHealthy(path, streams.get(id));
      expectMedia(path, paths.get(path));
    }
  }

  async expectNoWriteDuringALook(): Promise<void> {
    const [rows, writes] = [await WrittenRows.since(this.database), this.proxy.writes.length];
    await this.proxy.afterAListing();
    await this.proxy.afterAListing();
    if ((await rows.count()) > 0 || this.proxy.writes.length > writes) throw new Error('not calm');
  }

  /** How many streams are seen how, in words. */
  async healths(): Promise<string> {
    const streams = [...(await this.streams()).values()];
    const kinds = streams.map(({ status, health }) => `${status} ${health}`);
    const counted = [...new Set(kinds)].map(
      (kind) => `${kinds.filter((one) => one === kind).length} ${kind}`,
    );
    return counted.join(', ');
  }

  /** By the events, which keep what was only true for a moment. */
  async expectNobodyBlamed(): Promise<void> {
    const [row] = await this.database.query<{ errors: number }>(
      `SELECT count(*)::int AS errors FROM stream_events WHERE to_status = 'ERROR'`,
    );
    if (row?.errors !== 0) throw new Error(`${row?.errors} streams were blamed`);
  }

  /** Connections break and new ones are refused, as when Postgres is down, until it is called back. */
  async loseDatabase(): Promise<() => Promise<void>> {
    const { port } = this.wayToDatabase;
    await this.wayToDatabase.stop();
    return async () => {
      this.wayToDatabase = await Proxy.start(Number(new URL(this.database.url).port), port);
    };
  }

  async endApis(): Promise<void> {
    await Promise.all(this.apis.splice(0).map((api) => api.stop()));
  }

  async close(): Promise<void> {
    await this.endApis();
    await Promise.all([this.proxy.stop(), this.wayToDatabase.stop()]);
    await this.node.stop();
    await this.database.close();
  }

  /** All of them, by their id. */
  private async streams(): Promise<ReadonlyMap<string, StreamBody>> {
    const streams = new Map<string, StreamBody>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const rest: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: { body: Page } = await this.api.client.get(`/api/streams?limit=500${rest}`);
      body.items.forEach((stream) => streams.set(stream.id, stream));
      cursor = body.nextCursor;
    }
    return streams;
  }

  private asWanted(name: string): string {
    return described({
      name,
      source: this.source,
      sourceOnDemand: false,
      rtspTransport: 'tcp',
    });
  }
}

function described({ name, source, sourceOnDemand, rtspTransport }: Json): string {
  return [name, source, sourceOnDemand, rtspTransport].map(String).join(' ');
}

function expectHealthy(path: string, stream: StreamBody | undefined): void {
  if (stream?.status !== 'RUNNING' || stream.health !== 'HEALTHY') {
    throw new Error(`${path} is ${stream?.status} (${stream?.reason}), ${stream?.health}`);
  }
}

function expectMedia(path: string, seen: Json | undefined): void {
  if (seen?.['available'] !== true || Number(seen['inboundBytes']) === 0) {
    throw new Error(`${path} has no media`);
  }
}
