import { stringify } from 'yaml';

import { type PathBody } from '../wanted/wanted-set.js';
import { type Settings, defaultsOf, without } from './base-file.js';

export type Paths = ReadonlyMap<string, PathBody>;

/** The log is read by us: in this form, and from this place. */
const LOG = { logStructured: true, logDestinations: ['stdout'] } as const;
/** At a coarser level the log does not say which path is available. */
const FINE_LEVELS = ['info', 'debug'];

/** The file that MediaMTX is started with. Holds credentials. */
export function bootFile(base: Settings, paths: Paths): string {
  const level = base['logLevel'];
  const logLevel = typeof level === 'string' && FINE_LEVELS.includes(level) ? level : 'info';
  return fileOf({ ...base, ...LOG, logLevel }, paths);
}

/**
 * The file of a start that only shows whether MediaMTX takes these settings and paths: it listens
 * nowhere, dials nobody, and runs no command.
 */
export function trialFile(base: Settings, paths: Paths, version: string): string {
  const pathDefaults = without(defaultsOf(base), ['runOnInit', 'runOnInitRestart']);
  // Of old, `rtmpDisable: no` counts for more than `rtmp`.
  const kept = Object.entries(base).filter(([name]) => !name.endsWith('Disable'));
  const settings = {
    ...Object.fromEntries(kept),
    ...LOG,
    logLevel: 'info',
    ...noListeners(version),
    pathDefaults,
  };
  const onDemand = [...paths].map(
    ([path, body]) => [path, { ...body, sourceOnDemand: true }] as const,
  );
  return fileOf(settings, new Map(onDemand));
}

const LISTENERS = [
  'api',
  'metrics',
  'pprof',
  'playback',
  'rtsp',
  'rtmp',
  'hls',
  'webrtc',
  'srt',
] as const;
const FIRST_WITH_MOQ = [1, 19] as const;

/** A setting that a version does not know is a fault of the file. */
function noListeners(version: string): Settings {
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const [moqMajor, moqMinor] = FIRST_WITH_MOQ;
  const hasMoq = major > moqMajor || (major === moqMajor && minor >= moqMinor);
  const names = hasMoq ? [...LISTENERS, 'moq'] : LISTENERS;
  return Object.fromEntries(names.map((name) => [name, false]));
}

/** A path a line, in JSON, which is YAML, too: ten thousand of them are written in no time. */
function fileOf(settings: Settings, paths: Paths): string {
  const head = stringify(settings, { version: '1.1', aliasDuplicateObjects: false });
  const { size } = paths;
  if (size === 0) return `${head}paths: {}\n`;
  const lines = [...paths].map(
    ([path, body]) => `  ${JSON.stringify(path)}: ${JSON.stringify(body)}\n`,
  );
  return `${head}paths:\n${lines.join('')}`;
}
