/** What a schema found wrong, in words for somebody who has not read the schema. */
import { type StandardSchemaV1 } from '@standard-schema/spec';

/** What zod says beyond the standard. */
export interface SchemaIssue extends StandardSchemaV1.Issue {
  readonly code?: string;
  /** With `unrecognized_keys`. */
  readonly keys?: readonly string[];
  /** With `invalid_key`: why it is. */
  readonly issues?: readonly StandardSchemaV1.Issue[];
  /** With `invalid_type`. */
  readonly expected?: string;
  /** With `invalid_value`. */
  readonly values?: readonly unknown[];
}

/** Where it is: one path, or one for each unknown key. */
export function keysOf(issue: SchemaIssue): string[][] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return issue.code === 'unrecognized_keys' && issue.keys !== undefined
    ? issue.keys.map((key) => [...path, key])
    : [path];
}

/** @param input the whole of what was checked */
export function messageOf(issue: SchemaIssue, input: unknown): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_key':
      return (issue.issues?.[0] ?? issue).message;
    case 'invalid_type':
      return isMissing(issue, input) ? 'is required' : `must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${String(issue.values)}`;
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  int: 'a whole number',
};

function typeName(expected = 'value'): string {
  return TYPE_NAMES[expected] ?? `a ${expected}`;
}

function isMissing(issue: SchemaIssue, input: unknown): boolean {
  const [keys = []] = keysOf(issue);
  let value = input;
  for (const key of keys) {
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return value === undefined;
}
