/** docker/observability, as tests read it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

export const OBSERVABILITY = path.resolve(import.meta.dirname, '../../../docker/observability');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly expr: string; readonly instant: boolean }[];
}

interface AnyPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
}

export interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { name: string; definition?: string }[] };
  readonly panels: readonly AnyPanel[];
}

export const readObservability = (file: string): string =>
  readFileSync(path.join(OBSERVABILITY, file), 'utf8');

export const dashboard = JSON.parse(
  readObservability('grafana/dashboards/vigia.json'),
) as Dashboard;

/** Without the rows that group them. */
export const panels = dashboard.panels.filter(({ type }) => type !== 'row') as unknown as Panel[];

const { groups } = parse(readObservability('alerts.yml')) as {
  groups: { rules: (Alert | Recording)[] }[];
};
const rules = groups.flatMap((group) => group.rules);

export const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
export const recordings = rules.filter((rule): rule is Recording => 'record' in rule);
