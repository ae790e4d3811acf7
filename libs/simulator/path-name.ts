import { invalid } from './refusal.js';

const CATCH_ALL: ReadonlySet<string> = new Set(['all', 'all_others', '~^.*$']);
const ALLOWED = /^[0-9a-zA-Z_\-/.]+$/;

/** Why a plain name is refused, or null. */
export function nameFault(name: string): string | null {
  if (name === '') return 'cannot be empty';
  if (name.startsWith('/')) return "can't begin with a slash";
  if (name.endsWith('/')) return "can't end with a slash";
  if (!ALLOWED.test(name)) {
    return 'can contain only alphanumeric characters, underscore, dot, minus, slash';
  }
  const hasDotSegment = name.split('/').some((segment) => segment === '.' || segment === '..');
  return hasDotSegment ? "can't contain dot path segments" : null;
}

/** The pattern of `~regex`, `all` and `all_others`, null for a plain name; throws for a bad one. */
export function namePattern(name: string): RegExp | null {
  if (name === 'all' || name === 'all_others') return /^.*$/;
  if (name.startsWith('~')) {
    try {
      return new RegExp(name.slice(1));
    } catch {
      throw invalid(`invalid regular expression: ${name.slice(1)}`);
    }
  }
  const fault = nameFault(name);
  if (fault !== null) throw invalid(`invalid path name '${name}': ${fault}`);
  return null;
}

export function assertOneCatchAll(names: Iterable<string>): void {
  let found = 0;
  for (const name of names) if (CATCH_ALL.has(name)) found += 1;
  if (found > 1) throw invalid("all_others, all and '~^.*$' are aliases");
}
