import { setTimeout as delay } from 'node:timers/promises';

import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

import { type Figure, fraction, ms, seconds } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median } from '../figures/statistics.js';
import { type Bench, timed } from '../support/bench.js';
import { Control } from '../support/control.js';
import { type MeasuredPath, deadPaths, measuredPath } from '../support/paths.js';
import { Viewer } from '../support/viewer.js';

const PATHS = 1_000;
const SIZES = [
  { changes: 100, rewrites: 3, serial: 2 },
  { changes: 500, rewrites: 3, serial: 1 },
];
const LIVE = 'cam/live';
const PICTURE = { size: '320x180', rate: 25 };
/** What comes within a second of a reload is lost. */
const RELOAD_PAUSE_MS = 1_500;
const POLL_MS = 20;
const CALM_MS = 5_000;

type Paths = Readonly<Record<string, MeasuredPath>>;

export const bulk: Section = {
  name: 'bulk',
  title: 'Bulk changes of a running node',
  compares: `A running MediaMTX with ${PATHS} paths gets new sources for some of them: by rewriting its file (rename), against a \`replace\` for each, one after the other and with no dial limit; until its configuration is as wanted. Beside them runs a live camera whose path does not change, with a viewer. _Gap_ is the longest time in which that viewer gets nothing; its camera sends 25 frames per second. For [ADR 14](adr/0014-bulk-changes.md).`,
  needsMediaMtx: true,
  measure,
};

async function measure(bench: Bench): Promise<Figure[]> {
  const camera = await RtspCamera.start(bench.mediaMtx, { picture: PICTURE });
  const paths = { ...deadPaths(PATHS), [LIVE]: measuredPath(camera.url) };
  const node = await RealMediaMtx.start(bench.mediaMtx, { paths });
  const changing = new Changing(node, new Control(node.url), paths);
  try {
    await changing.begin();
    const figures: Figure[] = [];
    for (const size of SIZES) {
      bench.say(`${size.changes} changes`);
      figures.push(...(await atSize(changing, size)));
    }
    return [...figures, await changing.calm()];
  } finally {
    changing.end();
    await node.stop();
    await camera.stop();
  }
}

async function atSize(
  changing: Changing,
  { changes, rewrites, serial }: (typeof SIZES)[number],
): Promise<Figure[]> {
  const byFile: Change[] = [];
  const byApi: Change[] = [];
  for (let round = 0; round < rewrites; round += 1) byFile.push(await changing.byFile(changes));
  for (let round = 0; round < serial; round += 1) byApi.push(await changing.byApi(changes));
  const duration = (all: Change[]): number => median(all.map(({ durationMs }) => durationMs));
  const gap = (all: Change[]): string => ms(Math.max(...all.map(({ gapMs }) => gapMs)));
  return [
    {
      what: `${changes} of ${PATHS} changed`,
      ours: seconds(duration(byFile)),
      compared: seconds(duration(byApi)),
      ratio: fraction(duration(byFile) / duration(byApi)),
    },
    { what: `${changes} changes: longest gap`, ours: gap(byFile), compared: gap(byApi) },
  ];
}

interface Change {
  readonly durationMs: number;
  readonly gapMs: number;
}

class Changing {
  private viewer: Viewer | null = null;
  private session = '';
  private edition = 0;

  constructor(
    private readonly node: RealMediaMtx,
    private readonly control: Control,
    private paths: Paths,
  ) {}

  async begin(): Promise<void> {
    this.viewer = await Viewer.of(this.node.rtspUrl(LIVE));
    this.session = await this.liveSession();
  }

  async byFile(changes: number): Promise<Change> {
    const wanted = this.changed(changes);
    await delay(RELOAD_PAUSE_MS);
    return this.watched(async () => {
      await this.node.writeFile(wanted);
      await this.untilConfigured(wanted);
    });
  }

  async byApi(changes: number): Promise<Change> {
    const wanted = this.changed(changes);
    const different = Object.entries(wanted).slice(0, changes);
    return this.watched(async () => {
      await this.control.replaceAll(Object.fromEntries(different));
      await this.untilConfigured(wanted);
    });
  }

  /** The same camera while nothing changes. */
  async calm(): Promise<Figure> {
    const { gapMs } = await this.watched(() => delay(CALM_MS));
    return { what: 'longest gap while nothing changes', ours: ms(gapMs) };
  }

  end(): void {
    this.viewer?.leave();
    this.control.close();
  }

  private changed(changes: number): Paths {
    this.edition += 1;
    const entries = Object.entries(this.paths).map(([name, path], index) => [
      name,
      index < changes ? { ...path, source: `rtsp://127.0.0.1:9/${this.edition}/${index}` } : path,
    ]);
    this.paths = Object.fromEntries(entries) as Paths;
    return this.paths;
  }

  /** @throws when the path that did not change was touched: that would be another measurement */
  private async watched(action: () => Promise<unknown>): Promise<Change> {
    let durationMs = 0;
    const gapMs = await this.viewer!.longestGapDuring(async () => {
      durationMs = await timed(action);
    });
    if ((await this.liveSession()) !== this.session) throw new Error('the live path was disturbed');
    return { durationMs, gapMs };
  }

  private async untilConfigured(wanted: Paths): Promise<void> {
    for (;;) {
      const items = await this.control.items('/v3/config/paths/list');
      const sources = new Map(items.map(({ name, source }) => [name, source]));
      const isAsWanted = Object.entries(wanted).every(
        ([name, { source }]) => sources.get(name) === source,
      );
      if (isAsWanted && (await this.control.count()) === items.length) return;
      await delay(POLL_MS);
    }
  }

  /** Since when it is available, and who watches. */
  private async liveSession(): Promise<string> {
    const items = await this.control.items();
    const { availableTime, readers } = items.find(({ name }) => name === LIVE) ?? {};
    return JSON.stringify({ availableTime, readers });
  }
}
