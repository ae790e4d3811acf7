/** Sizes as the server reads and writes them: `50M`, `1.5G`, binary multiples whatever the suffix. */
import { invalid } from './refusal.js';

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'] as const;
const SIZE = /^(\d+\.?\d*|\.\d+)(B|([KMGTPE])(B|IB)?)$/;

export function canonicalByteSize(text: string): string {
  const match = SIZE.exec(text.trim().toUpperCase());
  if (match === null) {
    throw invalid(
      'byte quantity must be a positive integer with a unit of measurement like M, MB, MiB, G, GiB, or GB',
    );
  }
  const count = Number(match[1]);
  const power = UNITS.indexOf((match[3] ?? 'B') as (typeof UNITS)[number]);
  return formatByteSize(Math.floor(count * 1024 ** power));
}

function formatByteSize(bytes: number): string {
  let power = 0;
  while (power < UNITS.length - 1 && bytes >= 1024 ** (power + 1)) power += 1;
  const count = (bytes / 1024 ** power).toFixed(1).replace(/\.0$/, '');
  return `${count}${UNITS[power] ?? 'B'}`;
}
