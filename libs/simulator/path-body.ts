import { PATH_FIELDS } from './path-fields.js';

/** Any subset of the fields of a path, as an API client sends it or a file holds it. */
export type PathBody = Record<string, unknown>;

/** A path with every default merged in, as GET shows it. */
export interface EffectivePath {
  readonly [field: string]: unknown;
  readonly name: string;
  readonly source: string;
  readonly sourceOnDemand: boolean;
  readonly sourceRedirect: string;
  readonly sourceOnDemandStartTimeout: string;
  readonly sourceOnDemandCloseAfter: string;
  readonly srtReadPassphrase: string;
  readonly srtPublishPassphrase: string;
  readonly rtpSDP: string;
  readonly forward: readonly { readonly dest: string }[];
  readonly alwaysAvailable: boolean;
  readonly alwaysAvailableTracks: readonly unknown[];
  readonly alwaysAvailableFile: string;
  readonly useAbsoluteTimestamp: boolean;
  readonly recordPath: string;
  readonly recordSegmentDuration: string;
  readonly recordDeleteAfter: string;
  readonly runOnInit: string;
  readonly runOnDemand: string;
  readonly runOnUnDemand: string;
}

/** One configured path as the last validation left it; `pattern` is set for `~regex`, all, all_others. */
export interface ConfiguredPath {
  readonly name: string;
  readonly pattern: RegExp | null;
  readonly values: EffectivePath;
}

export const BUILT_IN_DEFAULTS: PathBody = Object.fromEntries(
  PATH_FIELDS.filter((field) => field.default !== undefined).map((field) => [
    field.name,
    field.default,
  ]),
);

/** Deprecated names take effect under their new names, as the answers of the server show. */
const REPLACED_BY: Readonly<Record<string, string>> = {
  sourceProtocol: 'rtspTransport',
  sourceAnyPortEnable: 'rtspAnyPort',
  runOnReady: 'runOnAvailable',
  runOnReadyRestart: 'runOnAvailableRestart',
  runOnNotReady: 'runOnUnavailable',
};

export function effectivePath(defaults: PathBody, body: PathBody, name: string): EffectivePath {
  const given: PathBody = { ...defaults, ...body, name };
  for (const [old, current] of Object.entries(REPLACED_BY)) {
    if (given[old] !== undefined) given[current] = given[old];
  }
  return given as EffectivePath;
}
