/**
 * What MediaMTX has configured, compared with what we send. These answers hold every source with its
 * password: nothing but names leaves this file.
 */
import { z } from 'zod';

import { type PathSpec } from '../../domain/ports/media-mtx-client.js';
import { parseJson } from '../http/parse-json.js';
import { type PathBody, pathBody } from './path-body.js';

const configuredPath = z.object({
  name: z.string(),
  source: z.string(),
  sourceOnDemand: z.boolean(),
  rtspTransport: z.string(),
});
const pathList = z.object({ itemCount: z.number(), items: z.array(configuredPath) });

export type ConfiguredPaths = ReadonlyMap<string, PathBody>;

/** Null when the text is not a whole list of configured paths. */
export function decodeConfiguredPaths(text: string): ConfiguredPaths | null {
  const list = pathList.safeParse(parseJson(text)).data;
  if (list === undefined || list.itemCount !== list.items.length) {
    return null;
  }
  return new Map(list.items.map(({ name, ...body }) => [name, body]));
}

/** Only the fields that we send, by name. MediaMTX answers them as it was sent them. */
export function driftOf(
  configured: ConfiguredPaths,
  wanted: ReadonlyMap<string, PathSpec>,
): ReadonlyMap<string, readonly string[]> {
  const drifted = new Map<string, readonly string[]>();
  for (const [path, spec] of wanted) {
    const fields = differingFields(configured.get(path), pathBody(spec));
    if (fields.length > 0) {
      drifted.set(path, fields);
    }
  }
  return drifted;
}

function differingFields(configured: PathBody | undefined, wanted: PathBody): string[] {
  if (configured === undefined) {
    return [];
  }
  const fields = Object.keys(wanted) as (keyof PathBody)[];
  return fields.filter((field) => configured[field] !== wanted[field]);
}

const CATCH_ALLS = new Set(['all', 'all_others']);

/** Whether a configured path would answer for this name, which is not configured itself. */
export function hasCatchAll(configured: ConfiguredPaths, name: string): boolean {
  return [...configured.keys()].some((key) => CATCH_ALLS.has(key) || isPatternOf(key, name));
}

function isPatternOf(key: string, name: string): boolean {
  if (!key.startsWith('~')) {
    return false;
  }
  try {
    return new RegExp(key.slice(1)).test(name);
  } catch {
    // Go's expressions know things that ours do not; such a one is given the benefit of the doubt.
    return false;
  }
}
