import { invalid } from './refusal.js';

export interface Page {
  readonly itemCount: number;
  readonly pageCount: number;
  readonly items: readonly unknown[];
}

const DEFAULT_SIZE = 100;
const MAX_VALUE = 2 ** 31 - 1;

export function paginate(items: readonly unknown[], query: URLSearchParams): Page {
  const size = unsigned(query.get('itemsPerPage')) ?? DEFAULT_SIZE;
  if (size === 0) throw invalid('invalid items per page');
  const page = unsigned(query.get('page')) ?? 0;
  return {
    itemCount: items.length,
    pageCount: Math.ceil(items.length / size),
    items: items.slice(page * size, (page + 1) * size),
  };
}

function unsigned(text: string | null): number | null {
  if (text === null || text === '') return null;
  const quoted = JSON.stringify(text);
  if (!/^\d+$/.test(text)) throw invalid(`strconv.ParseUint: parsing ${quoted}: invalid syntax`);
  const value = Number(text);
  if (value > MAX_VALUE) throw invalid(`strconv.ParseUint: parsing ${quoted}: value out of range`);
  return value;
}
