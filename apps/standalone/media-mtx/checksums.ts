import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** One line of `sha256sum`, in text or binary mode. */
const LINE = /^([0-9a-f]{64}) [ *](?:\.\/)?(\S.*)$/i;

/** The published checksum of a file; nothing when the list does not name it. */
export function checksumOf(list: string, file: string): string | undefined {
  const found = list
    .split(/\r?\n/)
    .map((line) => LINE.exec(line))
    .find((match) => match?.[2] === file);
  return found?.[1]?.toLowerCase();
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
