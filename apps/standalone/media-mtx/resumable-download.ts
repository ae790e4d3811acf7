import { createWriteStream, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { rootMessageOf } from '#supervision/startup-failure.js';

import { DownloadFailure } from './download-failure.js';

/** Too low: a slow mirror is given up. Too high: without a network, the stack stands still. */
const IDLE_LIMIT_MS = 8_000;
const PARTIAL_CONTENT = 206;
const RANGE_NOT_SATISFIABLE = 416;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** No byte for this long is a failure. */
  readonly idleLimitMs?: number;
  /** Called with what is there and, where the server said it, the size of the whole. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

const MEGABYTE = 1_000_000;
export const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MB`;

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Aborts when nothing has come for too long. */
class IdleLimit {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(
    private readonly limitMs: number,
    outer: AbortSignal,
  ) {
    this.signal = AbortSignal.any([outer, this.controller.signal]);
    this.touch();
  }

  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.controller.abort(new Error(`nothing came for ${this.limitMs / 1000} s`));
    }, this.limitMs);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/**
 * Whether the answer goes on where our part ends. A server may ignore the range (200: the whole),
 * or find that there is nothing behind it (416: our part is complete, or not a part of this file;
 * the checksum will tell).
 */
function placeOf(response: Response, partBytes: number): 'append' | 'whole' | 'nothing' {
  if (response.status === RANGE_NOT_SATISFIABLE && partBytes > 0) return 'nothing';
  if (!response.ok) throw new DownloadFailure(`${response.url} answers ${response.status}`);
  if (response.status !== PARTIAL_CONTENT) return 'whole';
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (Number(start) === partBytes) return 'append';
  throw new DownloadFailure(`${response.url} answers with another part than asked for`);
}

/** The size of the whole file, where the server says how much it is about to send. */
function totalOf(response: Response, bytesBefore: number): number | undefined {
  const length = response.headers.get('content-length');
  return length === null ? undefined : bytesBefore + Number(length);
}

async function receive(
  response: Response,
  part: string,
  idle: IdleLimit,
  { onProgress }: DownloadOptions,
): Promise<void> {
  const place = placeOf(response, sizeOf(part));
  if (place === 'nothing' || response.body === null) return;
  let bytes = place === 'append' ? sizeOf(part) : 0;
  const total = totalOf(response, bytes);
  const count = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      idle.touch();
      bytes += chunk.length;
      onProgress?.(bytes, total);
      done(null, chunk);
    },
  });
  const file = createWriteStream(part, { flags: place === 'append' ? 'a' : 'w' });
  await pipeline(Readable.fromWeb(response.body), count, file, { signal: idle.signal });
}

/**
 * Brings a file, going on where an earlier try stopped: what has come stays in `<part>`, and the
 * next call asks for the rest only.
 *
 * @throws DownloadFailure with what to do next.
 */
export async function downloadTo(
  part: string,
  url: string,
  options: DownloadOptions,
): Promise<void> {
  const idle = new IdleLimit(options.idleLimitMs ?? IDLE_LIMIT_MS, options.signal);
  const have = sizeOf(part);
  try {
    const response = await fetch(url, {
      // No compression: ranges and lengths are those of the file itself.
      headers: { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) },
      signal: idle.signal,
    });
    await receive(response, part, idle, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof DownloadFailure) throw error;
    const kept = sizeOf(part);
    const goOn = kept > 0 ? `; ${megabytes(kept)} are kept, the next start goes on from there` : '';
    throw new DownloadFailure(`${url}: ${rootMessageOf(error)}${goOn}`, { cause: error });
  } finally {
    idle.end();
  }
}

/** A small text. @throws DownloadFailure */
export async function downloadText(url: string, options: DownloadOptions): Promise<string> {
  const signal = AbortSignal.any([
    options.signal,
    AbortSignal.timeout(options.idleLimitMs ?? IDLE_LIMIT_MS),
  ]);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new DownloadFailure(`${url} answers ${response.status}`);
    return await response.text();
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof DownloadFailure) throw error;
    throw new DownloadFailure(`${url}: ${rootMessageOf(error)}`, { cause: error });
  }
}

export function forget(part: string): void {
  rmSync(part, { force: true });
}
