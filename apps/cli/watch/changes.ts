import { type Stream } from '#api-client/client.js';

export type Seen = Pick<Stream, 'status' | 'reason' | 'health'>;

export interface Change {
  readonly id: string;
  readonly cameraId: string;
  /** Null when it is seen for the first time. */
  readonly from: Seen | null;
  readonly to: Seen;
}

/** By id, how each stream was when it was looked at last. */
export type Known = ReadonlyMap<string, Stream>;

/** @returns what a person would call news, and not each new time stamp */
export function changesBetween(known: Known, streams: readonly Stream[]): Change[] {
  return streams.flatMap((stream): Change[] => {
    const before = known.get(stream.id);
    const from = before === undefined ? null : seenOf(before);
    const to = seenOf(stream);
    return from !== null && isSame(from, to)
      ? []
      : [{ id: stream.id, cameraId: stream.cameraId, from, to }];
  });
}

function seenOf({ status, reason, health }: Stream): Seen {
  return { status, reason, health };
}

function isSame(one: Seen, other: Seen): boolean {
  return one.status === other.status && one.reason === other.reason && one.health === other.health;
}
