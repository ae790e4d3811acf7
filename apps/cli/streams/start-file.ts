/** The file of a start of many. Its faults are told without a value: a source may hold a password. */
import { YAMLParseError, parse } from 'yaml';
import { z } from 'zod';

import { type StartStream } from '#api-client/client.js';

import { WrongUsage } from '../api/failures.js';

/** Only what names an entry: all else is judged by the API. */
const entry = z.looseObject({ cameraId: z.string(), source: z.string() });

/**
 * @param name decides on the format: JSON lines for .jsonl, .ndjson and -, YAML for all others
 * @throws WrongUsage with every fault, so that nothing is started by half
 */
export function readEntries(text: string, name: string): StartStream[] {
  const isLines = name === '-' || /\.(jsonl|ndjson)$/i.test(name);
  const read = isLines ? readLines(text) : readYaml(text);
  const faults = read.flatMap(({ place, value, fault }) => {
    const issues = fault === undefined ? (entry.safeParse(value).error?.issues ?? []) : [];
    const words = issues.map(({ path, message }) => [...path, message].join(': '));
    return [...(fault === undefined ? [] : [fault]), ...words].map((word) => `${place}: ${word}`);
  });
  if (read.length === 0) {
    faults.push('it has no entry');
  }
  if (faults.length > 0) {
    throw new WrongUsage(`${name} cannot be used:\n  ${faults.join('\n  ')}`);
  }
  return read.map(({ value }) => value as StartStream);
}

interface Read {
  readonly place: string;
  readonly value?: unknown;
  readonly fault?: string;
}

function readLines(text: string): Read[] {
  return text.split('\n').flatMap((line, index): Read[] => {
    const place = `line ${index + 1}`;
    if (line.trim() === '') {
      return [];
    }
    try {
      return [{ place, value: JSON.parse(line) as unknown }];
    } catch {
      return [{ place, fault: 'is no JSON' }];
    }
  });
}

function readYaml(text: string): Read[] {
  try {
    const list = parse(text, { logLevel: 'error' }) as unknown;
    return Array.isArray(list)
      ? list.map((value: unknown, index) => ({ place: `entry ${index + 1}`, value }))
      : [{ place: 'the file', fault: 'is no list of entries' }];
  } catch (err) {
    const line = err instanceof YAMLParseError ? (err.linePos?.[0].line ?? '?') : '?';
    return [{ place: `line ${line}`, fault: 'is no YAML' }];
  }
}
