/** Durations as the server reads and writes them: Go's notation, with days in front (`1d2h0m0s`). */
import { invalid } from './refusal.js';

const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const DAY_NS = 86_400e9;
const TERM = /^(\d+\.?\d*|\.\d+)([^\d.]*)/u;

/** Nanoseconds; a number is exact up to 104 days, which is enough here. */
export function parseGoDuration(text: string): number {
  const days = /^(-?\d+)d/.exec(text);
  if (days === null) return text === '' ? 0 : parsePlain(text);
  const rest = text.slice(days[0].length);
  const count = Number(days[1]);
  const size = Math.abs(count) * DAY_NS + (rest === '' ? 0 : parsePlain(rest));
  return count < 0 ? -size : size;
}

function parsePlain(text: string): number {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  const size = text.slice(sign.length);
  if (size === '0') return 0;
  return sign === '-' ? -sumOfTerms(size, text) : sumOfTerms(size, text);
}

function sumOfTerms(size: string, text: string): number {
  let total = 0;
  let rest = size;
  do {
    const term = TERM.exec(rest);
    if (term === null) throw invalid(`time: invalid duration ${JSON.stringify(text)}`);
    total += Number(term[1]) * unitOf(term[2] ?? '', text);
    rest = rest.slice(term[0].length);
  } while (rest !== '');
  return total;
}

function unitOf(unit: string, text: string): number {
  if (unit === '') throw invalid(`time: missing unit in duration ${JSON.stringify(text)}`);
  const size = UNIT_NS[unit];
  if (size === undefined) {
    throw invalid(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
  }
  return size;
}

/** Zero is the empty string: so the server writes it. */
export function formatGoDuration(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const size = Math.round(Math.abs(ns));
  const days = Math.floor(size / DAY_NS);
  const rest = size - days * DAY_NS;
  return `${sign}${days > 0 ? `${days}d` : ''}${rest === 0 ? '' : formatPlain(rest)}`;
}

function formatPlain(ns: number): string {
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${ns / 1e3}µs`;
  if (ns < 1e9) return `${ns / 1e6}ms`;
  const hours = Math.floor(ns / 3600e9);
  const minutes = Math.floor((ns % 3600e9) / 60e9);
  const seconds = (ns % 60e9) / 1e9;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

export const goDurationMs = (text: string): number => parseGoDuration(text) / 1e6;
