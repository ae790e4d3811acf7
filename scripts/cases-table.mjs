/** The rows that the cases wrote, as the part of docs/reliability.md between two markers. */
import { availableParallelism } from 'node:os';

const BEGIN = '<!-- cases:begin -->';
const END = '<!-- cases:end -->';

const HEAD = [
  'case',
  'what is done',
  'promised',
  'best of three other controllers',
  'as wanted after',
  '`RUNNING` again after',
  'config writes',
  'verdict',
];

export function casesBlock(rows, command) {
  const nodes = [...new Set(rows.map((row) => row.node))].join(', ');
  const where = `${nodes}, Node ${process.version}, ${availableParallelism()} cores; printed by \`${command}\`.`;
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cells)].map(
    (line) => `| ${line.join(' | ')} |`,
  );
  return `${where}\n\n${lines.join('\n')}\n`;
}

/** @throws when the document has lost its markers: nothing must be overwritten on a guess */
export function withBlock(document, block) {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${BEGIN} … ${END} is missing`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${block}\n${document.slice(end)}`;
}

function cells(row) {
  return [
    row.id,
    row.done,
    row.limit,
    row.others ?? '',
    seconds(row.asWantedMs),
    seconds(row.runningMs),
    row.writes ?? '',
    verdict(row),
  ].map((cell) => String(cell).replaceAll('|', '\\|'));
}

function verdict({ missed, note }) {
  const text = missed === null ? 'holds' : `**MISSED**: ${missed}`;
  return note === undefined ? text : `${text}; ${note}`;
}

function seconds(ms) {
  return ms === null ? '' : `${(ms / 1_000).toFixed(1)} s`;
}
