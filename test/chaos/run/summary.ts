/** What a run found, for a person, for a document and for a machine. */
import { writeFileSync } from 'node:fs';

import { type Recovery } from '../story/recovery.js';
import { type ChaosOptions } from './options.js';
import { type Outcome } from './run-seeds.js';

interface Line {
  readonly fault: string;
  readonly injected: number;
  readonly measured: number;
  readonly medianS: string;
  readonly p99S: string;
}

export function summary({ target, hasAgent }: ChaosOptions, outcome: Outcome): string {
  const { seeds, seconds, faults, leftOut, violations } = outcome;
  const injected = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const violated = new Set(violations.map(({ seed }) => seed));
  return [
    `${seeds} seeds on the ${target}${hasAgent ? ' with an agent' : ''}, ${(seconds / 60).toFixed(1)} min, ${injected} faults (${leftOut} found nothing to hit), ${violated.size} seeds with violations`,
    '',
    table(['fault', 'injected', 'measured', 'median, s', 'p99, s'], cells(linesOf(outcome))),
  ].join('\n');
}

export function writeReport(file: string, options: ChaosOptions, outcome: Outcome): void {
  const { seeds, seconds, leftOut, violations } = outcome;
  const text = file.endsWith('.json')
    ? JSON.stringify(
        { options, seeds, seconds, leftOut, faults: linesOf(outcome), violations },
        null,
        2,
      )
    : summary(options, outcome);
  writeFileSync(file, `${text}\n`);
}

function linesOf({ faults, recoveries }: Outcome): Line[] {
  const names: [string, number][] = [...faults].filter(([, count]) => count > 0);
  const total = names.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...names.map(([name, count]) =>
      line(
        name,
        count,
        recoveries.filter(({ fault }) => fault === name),
      ),
    ),
    line('all', total, recoveries),
  ];
}

function line(fault: string, injected: number, recoveries: readonly Recovery[]): Line {
  const sorted = recoveries.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): string => {
    const ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return ms === undefined ? '' : (ms / 1_000).toFixed(1);
  };
  return { fault, injected, measured: sorted.length, medianS: at(0.5), p99S: at(0.99) };
}

const cells = (lines: readonly Line[]): string[][] =>
  lines.map((it) => [it.fault, `${it.injected}`, `${it.measured}`, it.medianS, it.p99S]);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const show = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [show(head), show(rule), ...rows.map(show)].join('\n');
}
