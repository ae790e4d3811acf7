/** Exchanges recorded with real servers, and what of an answer must be the same each time. */
import { readFile } from 'node:fs/promises';
import { type Json } from './control-api.js';

export interface RecordedExchange {
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body?: Json | string;
  };
  readonly response: {
    readonly status: number;
    readonly contentType: string;
    readonly body: string;
  };
}

export interface Recording {
  readonly version: string;
  readonly exchanges: readonly RecordedExchange[];
}

export const RECORDED_VERSIONS = ['1.16.3', '1.17.1', '1.19.3', '1.20.1'] as const;
/** The live camera of the recordings. */
export const RECORDED_CAMERA = 'rtsp://127.0.0.1:16554/one';

export async function readRecording(
  version: (typeof RECORDED_VERSIONS)[number],
  cameraUrl = RECORDED_CAMERA,
): Promise<Recording> {
  const file = new URL(`../../fixtures/mediamtx-recorded/${version}.json`, import.meta.url);
  const text = await readFile(file, 'utf8');
  return JSON.parse(text.replaceAll(RECORDED_CAMERA, cameraUrl)) as Recording;
}

/**
 * An answer without what differs from one run to the next: instants, counters, and the picture
 * that the camera sends. Text that is no JSON stays as it is.
 */
export function comparable(text: string): unknown {
  if (!text.startsWith('{')) return text;
  return JSON.parse(text, (key, value: unknown) => {
    if (/bytes/i.test(key)) return typeof value;
    if (key === 'codecProps') return Object.keys(value as object);
    return isInstant(value) ? 'an instant' : value;
  });
}

/** The zero time is no instant of a run: it says that something has never happened. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !value.startsWith('0001');
