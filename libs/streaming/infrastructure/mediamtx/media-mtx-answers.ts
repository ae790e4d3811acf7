/**
 * What MediaMTX answers, as far as we read it: versions 1.16 to 1.20, unknown fields ignored.
 *
 * `available`, `availableTime` stand since 1.16 beside their older names, `inboundBytes` since 1.17.
 * `online` is not read: it is true for every static source, dead or alive.
 */
import { z } from 'zod';

import { type PathSample } from '../../domain/look.js';
import { type NodeInfo } from '../../domain/ports/media-mtx-client.js';
import { parseJson } from '../http/parse-json.js';

const pathList = z.object({ itemCount: z.number(), items: z.array(z.unknown()) });
const info = z.object({ version: z.string(), started: z.string().default('') });
const errorBody = z.object({ error: z.string() });

/** Null when the text is not a path as MediaMTX describes one. */
export function decodePath(text: string): PathSample | null {
  return sampleOf(parseJson(text));
}

/** Null when the text is not a whole list: broken, of another shape, or with items missing. */
export function decodePathList(text: string): ReadonlyMap<string, PathSample> | null {
  const list = pathList.safeParse(parseJson(text)).data;
  if (list === undefined || list.itemCount !== list.items.length) {
    return null;
  }
  const paths = new Map<string, PathSample>();
  for (const item of list.items) {
    const sample = sampleOf(item);
    if (sample === null) {
      return null;
    }
    paths.set(sample.name, sample);
  }
  return paths;
}

export function decodeInfo(text: string): NodeInfo | null {
  return info.safeParse(parseJson(text)).data ?? null;
}

export function isErrorBody(text: string): boolean {
  return errorBody.safeParse(parseJson(text)).success;
}

/** By hand: each look reads every path of the node, and a schema would copy them all once more. */
function sampleOf(value: unknown): PathSample | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const item = value as Readonly<Partial<Record<string, unknown>>>;
  const sample = {
    name: item['name'],
    confName: item['confName'],
    available: item['available'] ?? item['ready'],
    availableTime: item['availableTime'] ?? item['readyTime'] ?? null,
    inboundBytes: item['inboundBytes'] ?? item['bytesReceived'],
    readers: lengthOf(item['readers']),
  };
  return isSample(sample) ? sample : null;
}

function isSample(value: Readonly<Record<keyof PathSample, unknown>>): value is PathSample {
  const { name, confName, available, availableTime, inboundBytes, readers } = value;
  return (
    typeof name === 'string' &&
    typeof confName === 'string' &&
    typeof available === 'boolean' &&
    (availableTime === null || typeof availableTime === 'string') &&
    typeof inboundBytes === 'number' &&
    inboundBytes >= 0 &&
    typeof readers === 'number'
  );
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}
