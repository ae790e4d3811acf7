/**
 * What in a node's own configuration works against Vigia. None of it can be mended through the API
 * without touching what is not ours, so it is named, once, and an operator decides.
 */

/** What an inspection of a node found. */
export interface NodeFacts {
  /** Null when the node is too old to say it. */
  readonly version: string | null;
  /** When the process started, in its own words; another value is another process. */
  readonly started: string | null;
  readonly hasUdpReadBufferSize: boolean;
  /** A path that answers for names that nobody configured, ours among them. */
  readonly hasCatchAllPath: boolean;
  readonly hasRecordCleaner: boolean;
}

export const NODE_VERSION_UNSUPPORTED = 'NODE_VERSION_UNSUPPORTED';

/** By code: what is wrong, what it costs, what to do. */
export const HAZARDS: Readonly<Record<string, string>> = {
  [NODE_VERSION_UNSUPPORTED]:
    'MediaMTX is older than 1.16, which Vigia does not know; use 1.16 or newer',
  NODE_UDP_READ_BUFFER_SIZE:
    'rtspUDPReadBufferSize is set, so each write through the API closes every RTSP session; remove it',
  NODE_CATCH_ALL_PATH:
    'a path of its file answers for any name, so a stopped camera does not look stopped to viewers; remove all_others and the like',
  NODE_RECORD_CLEANER:
    'pathDefaults.recordDeleteAfter is not 0s, so writes through the API wait while the disk is walked; set it to 0s unless you record',
};

const LEAST_VERSION = [1, 16] as const;

export function hazardsOf(facts: NodeFacts): string[] {
  return [
    ...(isSupported(facts.version) ? [] : [NODE_VERSION_UNSUPPORTED]),
    ...(facts.hasUdpReadBufferSize ? ['NODE_UDP_READ_BUFFER_SIZE'] : []),
    ...(facts.hasCatchAllPath ? ['NODE_CATCH_ALL_PATH'] : []),
    ...(facts.hasRecordCleaner ? ['NODE_RECORD_CLEANER'] : []),
  ];
}

/** A version in words that we do not know is given the benefit of the doubt. */
function isSupported(version: string | null): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? 'v0.0') ?? [];
  if (major === undefined) {
    return true;
  }
  const [leastMajor, leastMinor] = LEAST_VERSION;
  return (
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
  );
}
