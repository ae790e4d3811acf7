import { YAMLParseError, parse } from 'yaml';

export type Settings = Readonly<Record<string, unknown>>;

export type BaseFile =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** What nobody could mean beside Vigia, with what it costs. */
const HAZARDS: readonly (readonly [string, (settings: Settings) => boolean])[] = [
  [
    'has paths: Vigia says which there are; remove them, or run another MediaMTX for them',
    (settings) => !isEmpty(settings['paths']),
  ],
  [
    'has rtspUDPReadBufferSize, with which each write through the API closes every RTSP session: remove it',
    (settings) => isSet(settings['rtspUDPReadBufferSize']),
  ],
  [
    'has pathDefaults with runOnDemand or runOnUnDemand, with which MediaMTX refuses every path that has a source: remove them',
    (settings) =>
      ['runOnDemand', 'runOnUnDemand'].some((name) => isSet(defaultsOf(settings)[name])),
  ],
  [
    'has pathDefaults with alwaysAvailable, with which a dead camera looks alive: remove it',
    (settings) => defaultsOf(settings)['alwaysAvailable'] === true,
  ],
];

const WARNINGS: readonly (readonly [string, (settings: Settings) => boolean])[] = [
  [
    'does not switch the API on (api: true): Vigia will not see this node',
    (settings) => settings['api'] !== true,
  ],
  [
    'leaves pathDefaults.recordDeleteAfter on, so writes through the API wait while the disk is walked: set it to 0s unless you record',
    (settings) => !isZero(defaultsOf(settings)['recordDeleteAfter']),
  ],
];

/** @returns the operator's settings, or why they cannot be used: no value of them, they hold passwords */
export function parseBaseFile(text: string): BaseFile {
  const read = parseYaml(text);
  if ('problem' in read) return { ok: false, problem: read.problem };
  const { value } = read;
  if (!isObject(value)) return { ok: false, problem: 'is no list of settings (name: value)' };
  const problem = said(HAZARDS, value)[0];
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, settings: without(value, ['paths']), warnings: said(WARNINGS, value) };
}

function parseYaml(text: string): { value: unknown } | { problem: string } {
  try {
    // MediaMTX reads YAML 1.1: there `yes` is true.
    return { value: parse(text, { version: '1.1', logLevel: 'error' }) };
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    return { problem: `is no YAML${line === undefined ? '' : ` (line ${line})`}` };
  }
}

function said(rules: typeof HAZARDS, settings: Settings): string[] {
  return rules.filter(([, applies]) => applies(settings)).map(([sentence]) => sentence);
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Of a duration, as MediaMTX takes it. */
function isZero(duration: unknown): boolean {
  return duration === 0 || (typeof duration === 'string' && /^0[a-z]*$/.test(duration));
}

function isEmpty(paths: unknown): boolean {
  return !isSet(paths) || (isObject(paths) && Object.keys(paths).length === 0);
}

export function without(settings: Settings, names: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));
}

export function defaultsOf(settings: Settings): Settings {
  const defaults = settings['pathDefaults'];
  return isObject(defaults) ? defaults : {};
}
