/**
 * JSON read with the words of Go's encoding/json: the refusals reach a client as text, and a
 * client that logs or compares them must see the same ones here.
 */
import { goSyntaxFault } from './go-json-syntax.js';
import { invalid } from './refusal.js';

export function parseGoJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid(goSyntaxFault(text));
  }
}

export type JsonType = 'null' | 'array' | 'object' | 'string' | 'number' | 'bool';

export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'bool';
    default:
      return 'object';
  }
}

export const wrongType = (value: unknown, goType: string): Error =>
  invalid(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${goType}`);
