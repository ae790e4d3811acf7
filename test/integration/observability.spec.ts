/** The alert rules, the settings of Prometheus and the dashboard, as far as no running Vigia is needed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import {
  OBSERVABILITY,
  alerts,
  dashboard,
  panels,
  readObservability,
  recordings,
} from '../support/observability/files.js';
import { findProgram, promtool } from '../support/observability/programs.js';

interface RuleTest {
  readonly alert_rule_test: readonly { alertname: string; exp_alerts: readonly object[] }[];
}

const { tests } = parse(readObservability('alerts.test.yml')) as { tests: readonly RuleTest[] };
const checks = tests.flatMap((test) => test.alert_rule_test);
const names = alerts.map(({ alert }) => alert);

const describeWithPromtool = findProgram('promtool') === null ? describe.skip : describe;

describeWithPromtool('docker/observability, by promtool (needs prometheus)', () => {
  it('has settings that Prometheus takes, and the rules with them', async () => {
    const [code, said] = await promtool(OBSERVABILITY, ['check', 'config', 'prometheus.yml']);

    expect(said).toContain('1 rule files found');
    expect([code, said]).toEqual([0, expect.not.stringMatching(/FAILED|WARNING/)]);
  });

  it('has rules without a fault in style', async () => {
    const check = ['check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml'];

    expect(await promtool(OBSERVABILITY, check)).toEqual([
      0,
      expect.stringContaining(`SUCCESS: ${alerts.length + recordings.length} rules found`),
    ]);
  });

  it('has alerts that fire when they must, and leave alone what only looks like it', async () => {
    const [code, said] = await promtool(OBSERVABILITY, ['test', 'rules', 'alerts.test.yml']);

    expect([code, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
  }, 120_000);
});

describe('alerts.yml', () => {
  it('has each alert of the contract, and no other', () => {
    const bySeverity = (severity: string) =>
      alerts.filter(({ labels }) => labels['severity'] === severity).map(({ alert }) => alert);

    expect(bySeverity('page')).toEqual([
      'VigiaDown',
      'VigiaDatabaseDown',
      'VigiaNodeUnreachable',
      'VigiaNodeUnheld',
      'VigiaNodePoisoned',
      'VigiaNodePathsUnknown',
      'VigiaManyStreamsDown',
      'VigiaWriterStuck',
    ]);
    expect(bySeverity('ticket')).toEqual([
      'VigiaStreamInError',
      'VigiaCameraPasswordRefused',
      'VigiaReconnectStorm',
      'VigiaDriftRepeated',
      'VigiaRemovalPending',
      'VigiaNodeWritesFailing',
      'VigiaNodeAgentFailing',
      'VigiaNodeNearlyFull',
      'VigiaTicksFailing',
      'VigiaHttpErrors',
      'VigiaDatabasePoolExhausted',
      'VigiaEventLoopSlow',
      'VigiaSlowStarts',
    ]);
    expect(alerts).toHaveLength(8 + 13);
  });

  it.each(alerts)('says of $alert what it means, with its value, and where to read on', (rule) => {
    const { summary, description, runbook_url: runbook } = rule.annotations;

    expect(Object.keys(rule.labels)).toEqual(['severity']);
    expect(summary).toMatch(/\S/);
    expect(description).toContain('$value');
    expect(runbook).toBe(`docs/troubleshooting.md#${rule.alert.toLowerCase()}`);
    expect(rule.for).toMatch(/^\d+m$/);
  });

  it('has a test for each alert that it fires, and one that it does not', () => {
    const tested = (fires: boolean) =>
      new Set(
        checks
          .filter(({ exp_alerts: expected }) => expected.length > 0 === fires)
          .map(({ alertname }) => alertname),
      );

    expect([...tested(true)].sort()).toEqual([...names].sort());
    expect([...tested(false)].sort()).toEqual([...names].sort());
  });
});

describe('the dashboard', () => {
  it('can be told apart by its uid, and asks any Prometheus, for any node and replica', () => {
    expect(dashboard.uid).toBe('vigia');
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual([
      'datasource',
      'node',
      'instance',
    ]);
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(
      new Set(['${datasource}']),
    );
  });

  it('has its rows in the order in which one looks', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row');

    expect(rows.map(({ title }) => title)).toEqual([
      'Is it well?',
      'Streams',
      'Nodes',
      'MediaMTX calls and writer',
      'Cameras and probes',
      'HTTP',
      'Process',
    ]);
  });

  it.each(panels)('says of "$title" how to read it, and in which unit', (panel) => {
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig.defaults.unit).toMatch(/^\w+$/);
    expect(panel.targets).not.toHaveLength(0);
  });

  it('has no two panels of one id or title, and none that lies over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
    );

    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('is where Grafana looks for it, with the data source beside Prometheus', () => {
    const provision = (file: string): unknown =>
      parse(readObservability(`grafana/provisioning/${file}`));

    expect(provision('dashboards/vigia.yml')).toMatchObject({
      providers: [{ type: 'file', options: { path: '/etc/vigia/dashboards' } }],
    });
    expect(provision('datasources/prometheus.yml')).toMatchObject({
      datasources: [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
    });
  });
});

describe('docs/observability.md', () => {
  const page = readFileSync(path.join(OBSERVABILITY, '../../docs/observability.md'), 'utf8');

  it('lists each alert with its severity, and after how long it fires', () => {
    const rows = [...page.matchAll(/^\| `(Vigia\w+)` +\| (\w+) +\| (\w+) +\| \S.*\|$/gm)];

    expect(rows.map(([, ...cells]) => cells)).toEqual(
      alerts.map((rule) => [rule.alert, rule.labels['severity'], rule.for]),
    );
  });

  it('names the versions that the compose file starts', () => {
    const compose = readFileSync(path.join(OBSERVABILITY, '../../docker-compose.yml'), 'utf8');
    const images = [...compose.matchAll(/image: (prom\/\S+|grafana\/\S+)/g)];

    expect(images).toHaveLength(2);
    for (const [, image] of images) expect(page).toContain(`\`${image ?? ''}\``);
  });
});
