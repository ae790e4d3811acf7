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

const counter = z.number().nonnegative();

const pathItem = z
  .object({
    name: z.string(),
    confName: z.string(),
    available: z.boolean().optional(),
    ready: z.boolean().optional(),
    availableTime: z.string().nullish(),
    readyTime: z.string().nullish(),
    inboundBytes: counter.optional(),
    bytesReceived: counter.optional(),
    readers: z.array(z.unknown()),
  })
  .refine((item) => item.available !== undefined || item.ready !== undefined)
  .refine((item) => item.inboundBytes !== undefined || item.bytesReceived !== undefined);

const pathList = z.object({ itemCount: z.number(), items: z.array(pathItem) });
const info = z.object({ version: z.string(), started: z.string().default('') });
const errorBody = z.object({ error: z.string() });

/** Null when the text is not a path as MediaMTX describes one. */
export function decodePath(text: string): PathSample | null {
  const item = pathItem.safeParse(parseJson(text)).data;
  return item === undefined ? null : toSample(item);
}

/** Null when the text is not a whole list: broken, of another shape, or with items missing. */
export function decodePathList(text: string): ReadonlyMap<string, PathSample> | null {
  const list = pathList.safeParse(parseJson(text)).data;
  if (list === undefined || list.itemCount !== list.items.length) {
    return null;
  }
  return new Map(list.items.map((item) => [item.name, toSample(item)]));
}

export function decodeInfo(text: string): NodeInfo | null {
  return info.safeParse(parseJson(text)).data ?? null;
}

export function isErrorBody(text: string): boolean {
  return errorBody.safeParse(parseJson(text)).success;
}

function toSample(item: z.output<typeof pathItem>): PathSample {
  return {
    name: item.name,
    confName: item.confName,
    available: item.available ?? item.ready ?? false,
    availableTime: item.availableTime ?? item.readyTime ?? null,
    inboundBytes: item.inboundBytes ?? item.bytesReceived ?? 0,
    readers: item.readers.length,
  };
}
