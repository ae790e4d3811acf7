import { v7 as uuidv7 } from 'uuid';

import { type ApiProcess } from '#test/support/api/api-process.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';

import { type Figure, atMost, ms, times } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median, medianRatio } from '../figures/statistics.js';
import { type Bench, timed } from '../support/bench.js';
import { Control } from '../support/control.js';
import { HttpClient } from '../support/http-client.js';
import { startApi } from '../support/measured-api.js';
import { deadSource, measuredPath, pathName } from '../support/paths.js';

/** Of somebody else, beside ours: what a write costs depends on how many there are. */
const PATH_COUNTS = [100, 500];
const ROUNDS = 40;
/** What is not warm yet is left out. */
const WARM_UP = 10;
/** Beyond what a call through HTTP and a commit add to a `replace` of one's own. */
const MOST_ADDED_MS = 15;

const RAW_TABLE_SQL = 'CREATE TABLE raw_streams (LIKE streams INCLUDING ALL)';
const RAW_INSERT_SQL = `
  INSERT INTO raw_streams (
    id, camera_id, node_id, path, source_url, source_has_user_info, source_has_query, on_demand,
    transport, labels, desired, status, generation, applied_generation, removal_pending, reconnects,
    created_at, intent_at, updated_at, version)
  VALUES ($1, $2, 'default', $3, $4, false, false, true, 'automatic', '{}', 'RUNNING', 'STARTING',
    1, 0, false, 0, now(), now(), now(), 1)`;

export const starts: Section = {
  name: 'starts',
  title: 'Starts',
  compares: `A start is _accepted_ when its 201 is read: against one \`INSERT\` of the same row, alone, with its commit, into a copy of the table with the same indexes, on a database that is as durable as an installation's. It is _applied_ when the control API shows the path: counted from the 201, against a \`replace\` by hand, counted from its call, at the same number of paths on a real MediaMTX. ${ROUNDS} rounds of each, one after the other, each undone before the next.`,
  needsMediaMtx: true,
  measure,
};

async function measure(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const paths of PATH_COUNTS) {
    bench.say(`${paths} paths`);
    figures.push(...(await atPathCount(bench, paths)));
  }
  return figures;
}

async function atPathCount(bench: Bench, paths: number): Promise<Figure[]> {
  const database = await TestDatabase.create();
  const node = await RealMediaMtx.start(bench.mediaMtx, { paths: idlePaths(paths) });
  const api = await startApi(database.url, node.url);
  const starting = new Starting(database, new Control(node.url), api);
  try {
    return figuresOf(await starting.measure(), paths);
  } finally {
    starting.close();
    await api.stop();
    await node.stop();
    await database.close();
  }
}

function idlePaths(count: number): Record<string, { source: string; sourceOnDemand: boolean }> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    indexes.map((index) => [`other/${index}`, { source: deadSource(index), sourceOnDemand: true }]),
  );
}

interface Round {
  readonly insertMs: number;
  readonly acceptedMs: number;
  readonly appliedMs: number;
  readonly replaceMs: number;
}

class Starting {
  private readonly http: HttpClient;
  private readonly stops: { id: string; path: string }[] = [];

  constructor(
    private readonly database: TestDatabase,
    private readonly control: Control,
    api: ApiProcess,
  ) {
    this.http = new HttpClient(api.client.baseUrl);
  }

  async measure(): Promise<Round[]> {
    await this.database.query(RAW_TABLE_SQL);
    const rounds: Round[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round += 1) rounds.push(await this.round(round));
    return rounds.slice(WARM_UP);
  }

  close(): void {
    this.http.close();
    this.control.close();
  }

  private async round(round: number): Promise<Round> {
    const insertMs = await timed(() => this.insert(round));
    const { acceptedMs, appliedMs } = await this.start(round);
    const replaceMs = await timed(() => this.replace(round));
    await this.undo(round);
    return { insertMs, acceptedMs, appliedMs, replaceMs };
  }

  private insert(round: number): Promise<unknown> {
    const row = [uuidv7(), `raw-${round}`, `cam/raw-${round}`, deadSource(round)];
    return this.database.query(RAW_INSERT_SQL, row);
  }

  private async start(round: number): Promise<Pick<Round, 'acceptedMs' | 'appliedMs'>> {
    const body = { cameraId: `bench-${round}`, source: deadSource(round), onDemand: true };
    const begunMs = performance.now();
    const text = await this.http.done('POST', '/api/streams/start', body);
    const acceptedAt = performance.now();
    await this.control.untilPresent(pathName(round));
    const appliedMs = performance.now() - acceptedAt;
    this.stops.push(JSON.parse(text) as StreamBody);
    return { acceptedMs: acceptedAt - begunMs, appliedMs };
  }

  private async replace(round: number): Promise<void> {
    await this.control.replace(`other/raw-${round}`, {
      ...measuredPath(deadSource(round)),
      sourceOnDemand: true,
    });
    await this.control.untilPresent(`other/raw-${round}`);
  }

  private async undo(round: number): Promise<void> {
    await this.control.remove(`other/raw-${round}`);
    for (const { id, path } of this.stops.splice(0)) {
      await this.http.done('POST', `/api/streams/${id}/stop`);
      await this.control.untilPresent(path, false);
    }
  }
}

function figuresOf(rounds: readonly Round[], paths: number): Figure[] {
  const all = (name: keyof Round): number[] => rounds.map((round) => round[name]);
  const ratio = medianRatio(all('acceptedMs'), all('insertMs'));
  const addedMs = median(all('appliedMs')) - median(all('replaceMs'));
  return [
    {
      what: `start accepted, ${paths} paths`,
      ours: ms(median(all('acceptedMs'))),
      compared: ms(median(all('insertMs'))),
      ratio: times(ratio),
      goal: atMost(ratio, 3),
    },
    {
      what: `start applied, ${paths} paths`,
      ours: ms(median(all('appliedMs'))),
      compared: ms(median(all('replaceMs'))),
      ratio: `${addedMs < 0 ? '−' : '+'}${ms(Math.abs(addedMs))}`,
      goal: atMost(addedMs, MOST_ADDED_MS, (bound) => `+${ms(bound)}`),
    },
  ];
}
