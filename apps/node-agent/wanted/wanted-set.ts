import { z } from 'zod';

import { isCameraId } from '#streaming/domain/camera-path.js';
import { MAX_SOURCE_LENGTH, fullSourceUrl, parseSourceUrl } from '#streaming/domain/source-url.js';
import { TRANSPORTS } from '#streaming/domain/stream-status.js';

/** A `$` of a source is sent as three characters. */
const LONGEST_SOURCE = 3 * MAX_SOURCE_LENGTH;

/** The fields that Vigia sends, and no others: a path's configuration can run commands. */
const pathBody = z.strictObject({
  source: z.string().min(1).max(LONGEST_SOURCE),
  sourceOnDemand: z.boolean(),
  rtspTransport: z.enum(TRANSPORTS),
});

export type PathBody = z.output<typeof pathBody>;

const revision = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible characters');

function pathsUnder(prefix: string): z.ZodType<WantedSet['paths']> {
  const isName = (name: string): boolean =>
    name.startsWith(`${prefix}/`) && isCameraId(name.slice(prefix.length + 1));
  const name = z.string().refine(isName, `must be ${prefix}/ and the id of a camera`);
  return z.record(name, pathBody);
}

/** @param prefix that of Vigia's paths: it touches no other, and so neither do we */
export function wantedSetSchema(prefix: string): z.ZodType<WantedSet> {
  return z.strictObject({ revision, paths: pathsUnder(prefix) });
}

/**
 * As Vigia sends it. It names its prefix: a Vigia with another one wants nothing under ours, and
 * would empty the file.
 */
export function wantedRequestSchema(prefix: string): z.ZodType<WantedSet> {
  const isOurs = (given: string): boolean => given === prefix;
  return z
    .strictObject({
      prefix: z.string().refine(isOurs, 'must be the PATH_PREFIX of this agent'),
      revision,
      paths: pathsUnder(prefix),
    })
    .transform(({ revision: named, paths }) => ({ revision: named, paths }));
}

/** Everything that Vigia wants on this node. Holds credentials. */
export interface WantedSet {
  /** Vigia's own name for this content. */
  readonly revision: string;
  readonly paths: Readonly<Record<string, PathBody>>;
}

export interface LeftOut {
  readonly path: string;
  /** A sentence without any value: sources hold credentials. */
  readonly problem: string;
}

export interface JudgedPaths {
  readonly usable: ReadonlyMap<string, PathBody>;
  readonly leftOut: readonly LeftOut[];
}

/** By the rules of a start, and in the form in which a start sends it. */
export function judgeSources(paths: WantedSet['paths']): JudgedPaths {
  const usable = new Map<string, PathBody>();
  const leftOut: LeftOut[] = [];
  for (const [path, body] of Object.entries(paths)) {
    const parsed = parseSourceUrl(body.source);
    if (parsed.ok) usable.set(path, { ...body, source: fullSourceUrl(parsed.source) });
    else leftOut.push({ path, problem: `its source ${parsed.problem}` });
  }
  return { usable, leftOut };
}

/** Equal for equal definitions. */
export function definitionOf({ source, sourceOnDemand, rtspTransport }: PathBody): string {
  return JSON.stringify([source, sourceOnDemand, rtspTransport]);
}
