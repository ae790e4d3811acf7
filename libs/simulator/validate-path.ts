import { parseGoDuration } from './go-duration.js';
import { type ConfiguredPath, type EffectivePath } from './path-body.js';
import { namePattern } from './path-name.js';
import { Refusal, invalid } from './refusal.js';
import { parseSourceUrl } from './source-url.js';
import { isStaticSource, validateSource } from './validate-source.js';

type Rule = (path: EffectivePath, hasPattern: boolean) => string | false;

const isBadPassphrase = (text: string): boolean =>
  text !== '' && (Buffer.byteLength(text) < 10 || Buffer.byteLength(text) > 79);

const BEFORE_SOURCE: readonly Rule[] = [
  (path) =>
    path.srtPublishPassphrase !== '' &&
    path.source !== 'publisher' &&
    "'srtPublishPassphase' can only be used when source is 'publisher'",
  (path) =>
    path.source !== 'redirect' &&
    path.sourceRedirect !== '' &&
    "'sourceRedirect' is useless when source is not 'redirect'",
  (path) =>
    isBadPassphrase(path.srtPublishPassphrase) &&
    "invalid 'srtPublishPassphrase': must be between 10 and 79 characters",
];

const AFTER_SOURCE: readonly Rule[] = [
  (path) =>
    path.sourceOnDemand &&
    path.source === 'publisher' &&
    "'sourceOnDemand' is useless when source is 'publisher'",
  (path, hasPattern) =>
    !path.sourceOnDemand &&
    hasPattern &&
    isStaticSource(path.source) &&
    "a path with a regular expression (or path 'all_others') and a static source" +
      " must have 'sourceOnDemand' set to true",
  (path) =>
    isBadPassphrase(path.srtReadPassphrase) &&
    "invalid 'readRTPassphrase': must be between 10 and 79 characters",
  (path) => forwardFault(path),
  (path, hasPattern) => path.alwaysAvailable && alwaysAvailableFault(path, hasPattern),
  (path) => !path.recordPath.includes('%path') && "'recordPath' must contain %path",
  (path) =>
    !path.recordPath.includes('%s') &&
    ['%Y', '%m', '%d', '%H', '%M', '%S'].some((part) => !path.recordPath.includes(part)) &&
    "'recordPath' must contain either %s or %Y %m %d %H %M %S",
  (path) =>
    parseGoDuration(path.recordSegmentDuration) > parseGoDuration('1d') &&
    'maximum segment duration is 1 day',
  (path) =>
    parseGoDuration(path.recordDeleteAfter) !== 0 &&
    parseGoDuration(path.recordDeleteAfter) < parseGoDuration(path.recordSegmentDuration) &&
    "'recordDeleteAfter' cannot be lower than 'recordSegmentDuration'",
  (path, hasPattern) =>
    path.runOnInit !== '' &&
    hasPattern &&
    "a path with a regular expression (or path 'all_others')" +
      " does not support option 'runOnInit'; use another path",
  (path) =>
    (path.runOnDemand !== '' || path.runOnUnDemand !== '') &&
    path.source !== 'publisher' &&
    "'runOnDemand' and 'runOnUnDemand' can be used only when source is 'publisher'",
];

const ALWAYS_AVAILABLE: readonly Rule[] = [
  (_path, hasPattern) =>
    hasPattern &&
    "'alwaysAvailable' cannot be used in a path with a regular expression (or path 'all_others')",
  (path) => path.sourceOnDemand && "'sourceOnDemand' is not compatible with 'alwaysAvailable'",
  (path) =>
    (path.runOnDemand !== '' || path.runOnUnDemand !== '') &&
    "'runOnDemand' and 'runOnUnDemand' cannot be used with 'alwaysAvailable'",
  (path) =>
    path.alwaysAvailableFile !== '' &&
    path.alwaysAvailableTracks.length > 0 &&
    "'alwaysAvailableFile' and 'alwaysAvailableTracks' cannot be used together",
  (path) =>
    path.alwaysAvailableFile === '' &&
    path.alwaysAvailableTracks.length === 0 &&
    "'alwaysAvailableTracks' must contain at least one track",
  (path) =>
    path.useAbsoluteTimestamp && "'useAbsoluteTimestamp' cannot be used with 'alwaysAvailable'",
];

const alwaysAvailableFault: Rule = (path, hasPattern) =>
  firstFault(ALWAYS_AVAILABLE, path, hasPattern) ?? false;

const FORWARD_SCHEMES: readonly string[] = [
  'rtmp',
  'rtmps',
  'rtsp',
  'rtsps',
  'srt',
  'whip',
  'whips',
];

function forwardFault(path: EffectivePath): string | false {
  for (const [index, { dest }] of path.forward.entries()) {
    const fault = destinationFault(dest);
    if (fault !== null) return `invalid 'forward': entry ${index}: ${fault}`;
  }
  return false;
}

function destinationFault(dest: string): string | null {
  if (dest === '') return 'destination is empty';
  try {
    const { scheme } = parseSourceUrl(dest.replaceAll('$MTX_PATH', 'path'));
    return FORWARD_SCHEMES.includes(scheme)
      ? null
      : `unsupported scheme '${scheme}', supported ones are rtmp, rtmps, rtsp, rtsps, srt, whip and whips`;
  } catch (fault) {
    if (fault instanceof Refusal) return fault.message;
    throw fault;
  }
}

function firstFault(
  rules: readonly Rule[],
  path: EffectivePath,
  hasPattern: boolean,
): string | null {
  for (const rule of rules) {
    const fault = rule(path, hasPattern);
    if (fault !== false) return fault;
  }
  return null;
}

/** Throws a Refusal with the text that the server would answer. */
export function validatePath(values: EffectivePath): ConfiguredPath {
  const pattern = namePattern(values.name);
  const before = firstFault(BEFORE_SOURCE, values, pattern !== null);
  if (before !== null) throw invalid(before);
  validateSource(values);
  const after = firstFault(AFTER_SOURCE, values, pattern !== null);
  if (after !== null) throw invalid(after);
  return { name: values.name, pattern, values };
}
