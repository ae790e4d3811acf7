/** The sections that were measured, as parts of docs/benchmarks.md; all else of it stays as it is. */
import { type Figure } from './figure.js';
import { type Section } from './section.js';

export interface Circumstances {
  /** The day, as 2026-11-27. */
  readonly date: string;
  readonly machine: string;
}

const HEAD = ['what', 'Vigia', 'compared with', 'ratio', 'goal', 'verdict'];

export function sectionBlock(
  { name, title, compares }: Pick<Section, 'name' | 'title' | 'compares'>,
  figures: readonly Figure[],
  { date, machine }: Circumstances,
): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...figures.map(cells)];
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const made = `_\`npm run bench -- ${name}\`, ${date}. ${machine}._`;
  return `## ${title}\n\n${compares}\n\n${table}\n\n${made}\n`;
}

/** @throws when the document has lost the markers: nothing must be overwritten on a guess */
export function withSection(document: string, name: string, block: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${begin} … ${end} is missing`);
  return `${document.slice(0, from + begin.length)}\n\n${block}\n${document.slice(to)}`;
}

function cells({ what, ours, compared, ratio, goal }: Figure): string[] {
  const verdict = goal === undefined ? '' : goal.isMet ? 'met' : '**MISSED**';
  return [what, ours, compared ?? '', ratio ?? '', goal?.text ?? '', verdict].map((cell) =>
    cell.replaceAll('|', '\\|'),
  );
}
