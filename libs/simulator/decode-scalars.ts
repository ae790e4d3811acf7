import { wrongType } from './go-json.js';
import { invalid } from './refusal.js';

/** `goType` is the name that the refusal shows: the server decodes some fields through a local type. */
export const asString = (value: unknown, goType = 'string'): string => {
  if (typeof value !== 'string') throw wrongType(value, goType);
  return value;
};

export const asBool = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw wrongType(value, 'bool');
  return value;
};

export const asWhole = (value: unknown, goType: 'int' | 'uint'): number => {
  if (typeof value !== 'number') throw wrongType(value, goType);
  if (!Number.isInteger(value) || (goType === 'uint' && value < 0)) {
    throw invalid(`json: cannot unmarshal number ${value} into Go value of type ${goType}`);
  }
  return value;
};
