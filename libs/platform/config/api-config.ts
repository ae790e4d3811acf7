/**
 * The environment of the API, in one schema: read once, all faults at once, every name documented
 * in `.env.example`. Durations are milliseconds.
 */
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';

import { text, url } from './fields.js';
import { type NodeConfig } from './node-config.js';
import { type NodesFile, readNodesFile } from './nodes-file.js';

const ms = (least = 1): z.ZodType<number, string> => whole(least, 86_400_000);
const whole = (least: number, most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Written as the environment has it: strings with defaults, turned into what the code needs. */
export const apiEnvironment = z.object({
  PORT: whole(0, 65_535).default(3000),
  HOST: text.default('127.0.0.1'),
  DATABASE_URL: url('postgres:', 'postgresql:'),
  MEDIAMTX_API_URL: url('http:', 'https:').default('http://127.0.0.1:9997'),
  MEDIAMTX_API_USER: text.optional(),
  MEDIAMTX_API_PASSWORD: text.optional(),
  MEDIAMTX_HLS_URL: url('http:', 'https:').default('http://127.0.0.1:8888'),
  MEDIAMTX_WEBRTC_URL: url('http:', 'https:').default('http://127.0.0.1:8889'),
  MEDIAMTX_RTSP_URL: url('rtsp:', 'rtsps:').default('rtsp://127.0.0.1:8554'),
  MEDIAMTX_TIMEOUT_MS: ms().default(5_000),
  NODE_ID: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, _ or -')
    .default('default'),
  NODE_AGENT_URL: url('http:', 'https:').optional(),
  NODE_AGENT_TOKEN: z
    .string()
    .min(16, 'must be at least 16 characters long')
    .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII characters')
    .optional(),
  NODES_FILE: text.optional(),
  PATH_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, _ or -')
    .default('cam'),
  // A look older than 15 s counts as none.
  RECONCILE_INTERVAL_MS: whole(100, 10_000).default(5_000),
  CONFIG_AUDIT_INTERVAL_MS: ms(100).default(60_000),
  SOURCE_DEADLINE_MS: ms(1_000).default(20_000),
  LEASE_TTL_MS: ms(1_000).default(15_000),
  ORPHAN_GRACE_MS: ms().default(60_000),
  BREAKER_MAX_MS: ms().default(5_000),
  DIALS_PER_SECOND: whole(0, 10_000).default(20),
  RETENTION_DAYS: whole(1, 36_500).default(90),
  AUTH_MODE: z.enum(['off']).default('off'),
  DRAIN_TIMEOUT_MS: ms().default(10_000),
  MIGRATE_ON_START: flag.default(true),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});

type Environment = z.output<typeof apiEnvironment>;

export type ApiConfig = Environment & {
  readonly nodes: readonly [NodeConfig, ...NodeConfig[]];
};

/** Names that other parts read, or that come with an issue of their own: no typo. */
const KNOWN_ELSEWHERE = [
  'MEDIAMTX_BIN',
  'VIGIA_DATA_DIR',
  'VIGIA_POSTGRES_PORT',
  'VIGIA_MEDIAMTX_API_PORT',
  'VIGIA_MEDIAMTX_RTSP_PORT',
  'VIGIA_MEDIAMTX_HLS_PORT',
  'VIGIA_MEDIAMTX_WEBRTC_PORT',
  'VIGIA_NODE_AGENT_PORT',
  'VIGIA_CAMERA_PORT',
  'VIGIA_MEDIAMTX_RELEASES_URL',
  'VIGIA_API_URL',
];

export class InvalidEnvironment extends Error {}

export interface LoadedConfig {
  readonly config: ApiConfig;
  /** Sentences about names that look like typing errors. */
  readonly warnings: readonly string[];
}

/** @throws InvalidEnvironment with every fault, one a line, and no value (it may be a secret) */
export function loadApiConfig(environment: NodeJS.ProcessEnv): LoadedConfig {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  );
  const result = apiEnvironment.safeParse(present);
  const invalid = (result.error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${faultOf(message, present[String(path[0])])}`,
  );
  const file = nodesFileOf(present);
  const faults = [
    ...invalid,
    ...credentialFaults(present),
    ...fileFaults(file, present),
    ...tokenFaults(file, present),
  ];
  if (!result.success || faults.length > 0) {
    throw new InvalidEnvironment(`The environment is not valid:\n  ${faults.join('\n  ')}`);
  }
  return {
    config: { ...result.data, nodes: nodesOf(file, result.data) },
    warnings: unknownNames(Object.keys(environment)),
  };
}

function nodesFileOf({ NODES_FILE: file }: NodeJS.ProcessEnv): NodesFile | null {
  return file === undefined ? null : readNodesFile(file);
}

function nodesOf(file: NodesFile | null, config: Environment): ApiConfig['nodes'] {
  return file?.ok === true ? file.nodes : [environmentNode(config)];
}

/** The one node that needs no file. */
function environmentNode(config: Environment): NodeConfig {
  return {
    id: config.NODE_ID,
    apiUrl: config.MEDIAMTX_API_URL,
    agentUrl: config.NODE_AGENT_URL ?? null,
    playback: {
      hls: config.MEDIAMTX_HLS_URL,
      webrtc: config.MEDIAMTX_WEBRTC_URL,
      rtsp: config.MEDIAMTX_RTSP_URL,
    },
    capacity: null,
  };
}

function faultOf(message: string, value: string | undefined): string {
  return value === undefined ? 'must be set' : message;
}

function credentialFaults(present: NodeJS.ProcessEnv): string[] {
  const { MEDIAMTX_API_USER: user, MEDIAMTX_API_PASSWORD: password } = present;
  return (user === undefined) === (password === undefined)
    ? []
    : ['MEDIAMTX_API_USER and MEDIAMTX_API_PASSWORD: must be set together'];
}

/** What the file says of each node, and so must not be said of one. */
const OF_ONE_NODE = [
  'NODE_ID',
  'NODE_AGENT_URL',
  'MEDIAMTX_API_URL',
  'MEDIAMTX_HLS_URL',
  'MEDIAMTX_WEBRTC_URL',
  'MEDIAMTX_RTSP_URL',
] as const;

function fileFaults(file: NodesFile | null, present: NodeJS.ProcessEnv): readonly string[] {
  if (file === null) {
    return [];
  }
  const twice = OF_ONE_NODE.filter((name) => present[name] !== undefined).map(
    (name) => `${name}: must not be set together with NODES_FILE, which says it of each node`,
  );
  return file.ok ? twice : [...twice, ...file.faults];
}

function tokenFaults(file: NodesFile | null, present: NodeJS.ProcessEnv): string[] {
  const hasAgent =
    file?.ok === true
      ? file.nodes.some(({ agentUrl }) => agentUrl !== null)
      : present['NODE_AGENT_URL'] !== undefined;
  return hasAgent && present['NODE_AGENT_TOKEN'] === undefined
    ? ['NODE_AGENT_TOKEN: must be set, since a node has an agent']
    : [];
}

/**
 * A misspelt name would silently leave a default in force. Only a warning: Kubernetes injects
 * `MEDIAMTX_PORT` and the like for a Service of that name.
 */
function unknownNames(names: readonly string[]): string[] {
  const known = [...Object.keys(apiEnvironment.shape), ...KNOWN_ELSEWHERE];
  return names
    .filter((name) => /^(MEDIAMTX|VIGIA)_/.test(name) && !known.includes(name))
    .map((name) => `${name} is not a setting of Vigia; did you mean ${closest(name, known)}?`);
}
