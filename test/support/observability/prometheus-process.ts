/** A real Prometheus of a test's own, with our rules, that scrapes one API. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { stringify } from 'yaml';

import { ChildProcess } from '../child-process.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { OBSERVABILITY } from './files.js';
import { findProgram } from './programs.js';

/** Too low: a busy machine scrapes in vain. Too high: what lasts for a moment is not seen. */
const SCRAPE = '500ms';
/** As many scrapes as Grafana would take, four, and some for the busy machine. */
const RATE_INTERVAL = '8s';

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** What an expression was, at each second of the run or at its end. */
export interface Found {
  readonly status: string;
  readonly error: string | undefined;
  readonly series: number;
  readonly values: readonly number[];
}

export class PrometheusProcess {
  private readonly startedAtMs = Date.now();

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly url: string,
  ) {}

  static async start(target: string): Promise<PrometheusProcess> {
    const folder = mkdtempSync(path.join(tmpdir(), 'vigia-prometheus-'));
    const address = `127.0.0.1:${await freePort()}`;
    writeFileSync(path.join(folder, 'prometheus.yml'), settings(target));
    const child = await ChildProcess.start(findProgram('prometheus') ?? 'prometheus', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ]);
    const prometheus = new PrometheusProcess(child, folder, `http://${address}`);
    try {
      await eventually(() => prometheus.ready(), { timeoutMs: 60_000 });
    } catch (err) {
      await prometheus.stop();
      throw err;
    }
    return prometheus;
  }

  async stop(): Promise<void> {
    // What it would write when it is asked to end, nobody reads.
    await this.process.kill9();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** At this moment. */
  now(expr: string): Promise<Found> {
    return this.ask('query', { query: asGrafana(expr) });
  }

  /** Over the whole run so far. */
  throughout(expr: string): Promise<Found> {
    return this.ask('query_range', {
      query: asGrafana(expr),
      start: String(this.startedAtMs / 1_000),
      end: String(Date.now() / 1_000),
      step: '0.5',
    });
  }

  private async ask(what: string, query: Readonly<Record<string, string>>): Promise<Found> {
    const parameters = new URLSearchParams(query).toString();
    const response = await fetch(`${this.url}/api/v1/${what}?${parameters}`);
    const { status, error, data } = (await response.json()) as Answer;
    const result = data?.result ?? [];
    const values = result.flatMap(({ value, values = [] }) => (value ? [value] : values));
    return {
      status,
      error,
      series: result.length,
      values: values.map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value)),
    };
  }

  private async ready(): Promise<void> {
    if (!this.process.isRunning) throw new Error(`prometheus ended: ${this.process.output}`);
    const { status } = await fetch(`${this.url}/-/ready`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  }
}

function settings(target: string): string {
  return stringify({
    global: { scrape_interval: SCRAPE, scrape_timeout: SCRAPE, evaluation_interval: SCRAPE },
    rule_files: [path.join(OBSERVABILITY, 'alerts.yml')],
    scrape_configs: [{ job_name: 'vigia', static_configs: [{ targets: [target] }] }],
  });
}

/** With every node and every replica chosen. */
function asGrafana(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replaceAll(/"\$(?:node|instance)"/g, '".*"');
}
