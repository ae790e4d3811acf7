/** One scrape, read as Prometheus reads it. */
import { keepSaid } from '../canary/keep-said.js';

export type Labels = Readonly<Record<string, string>>;

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<key>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g;

interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export class Scrape {
  private readonly all: readonly Series[];

  constructor(readonly text: string) {
    this.all = text.split('\n').flatMap((line) => parse(line));
  }

  get series(): number {
    return this.all.length;
  }

  get names(): string[] {
    return [...new Set(this.all.map(({ name }) => name))];
  }

  /** @throws when there is no such series: a wrong name would otherwise pass for a 0 */
  value(name: string, labels: Labels = {}): number {
    const wanted = Object.entries(labels);
    const found = this.all.filter(
      (series) =>
        series.name === name && wanted.every(([key, value]) => series.labels[key] === value),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`${found.length} series are called ${name} ${JSON.stringify(labels)}`);
    }
    return only.value;
  }

  labelsOf(name: string): Labels[] {
    return this.all.filter((series) => series.name === name).map(({ labels }) => labels);
  }
}

/** Kept, to be searched for secrets at the end. */
export async function scrape(port: number, timeoutMs = 30_000): Promise<Scrape> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal });
  if (!response.ok) throw new Error(`/metrics answers ${response.status}`);
  const text = await response.text();
  keepSaid('metrics', text);
  return new Scrape(text);
}

function parse(line: string): Series[] {
  const { name, labels = '', value } = LINE.exec(line)?.groups ?? {};
  if (name === undefined || value === undefined) return [];
  const pairs = [...labels.matchAll(LABEL)].map(({ groups }) => [
    groups?.['key'],
    groups?.['value'],
  ]);
  return [{ name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) }];
}
