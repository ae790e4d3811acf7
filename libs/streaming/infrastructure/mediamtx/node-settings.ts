/** The settings of a node that can work against us; everything else of its configuration is not read. */
import { z } from 'zod';

import { parseJson } from '../http/parse-json.js';

const globals = z.object({ rtspUDPReadBufferSize: z.number().nullish() });
const pathDefaults = z.object({ recordDeleteAfter: z.string().nullish() });

/** Null when the text is not what it should be. Deprecated settings are left out while unset. */
export function decodeHasUdpReadBufferSize(text: string): boolean | null {
  const settings = globals.safeParse(parseJson(text)).data;
  return settings === undefined ? null : (settings.rtspUDPReadBufferSize ?? null) !== null;
}

/** Zero is an empty text. */
export function decodeHasRecordCleaner(text: string): boolean | null {
  const settings = pathDefaults.safeParse(parseJson(text)).data;
  if (settings === undefined) {
    return null;
  }
  return !/^(0[a-z]*)?$/.test(settings.recordDeleteAfter ?? '');
}
