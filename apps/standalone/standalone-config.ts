import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

import { StartupFailure } from '#supervision/startup-failure.js';

/** The folder of package.json, as seen from dist/apps/standalone/. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const MAX_PORT = 65_535;
const OFFICIAL_RELEASES = 'https://github.com/bluenviron/mediamtx/releases/download';

/** 0 takes any free port. */
const port = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT, {
      error: ({ input }) =>
        `"${String(input)}" is not a port (0 to ${MAX_PORT}; 0 is any free one)`,
    })
    .transform(Number);

const webAddress = z.url({ protocol: /^https?$/, error: 'not an http or https address' });

/**
 * Everything that can be set about the local stack. All of it has a default: `npm start` needs
 * nothing. What the API takes beyond this (.env.example) reaches it unchanged.
 */
export const standaloneEnvironment = z
  .object({
    /** Database, passwords, logs, downloads. Kept across runs. */
    VIGIA_DATA_DIR: z.string().default(path.join(ROOT, '.vigia')),
    PORT: port(3000),
    VIGIA_POSTGRES_PORT: port(5433),
    VIGIA_MEDIAMTX_API_PORT: port(9997),
    VIGIA_MEDIAMTX_RTSP_PORT: port(8554),
    VIGIA_MEDIAMTX_HLS_PORT: port(8888),
    VIGIA_MEDIAMTX_WEBRTC_PORT: port(8889),
    VIGIA_NODE_AGENT_PORT: port(9996),
    VIGIA_CAMERA_PORT: port(8555),
    /** A MediaMTX to run instead of the one on PATH or a downloaded one. */
    MEDIAMTX_BIN: z.string().optional(),
    /** Where releases of MediaMTX are downloaded from: a mirror for networks without GitHub. */
    VIGIA_MEDIAMTX_RELEASES_URL: webAddress.default(OFFICIAL_RELEASES),
    /** A database of your own; the embedded one stays off then. */
    DATABASE_URL: z.string().optional(),
    /** The API's own settings: what its paths begin with, and how long it may take to stop. */
    PATH_PREFIX: z.string().default('cam'),
    DRAIN_TIMEOUT_MS: z.coerce.number().int().nonnegative().default(10_000),
  })
  .superRefine((env, context) => {
    const seen = new Map<number, string>();
    for (const [name, value] of Object.entries(env)) {
      if (!name.endsWith('PORT') || typeof value !== 'number' || value === 0) continue;
      const other = seen.get(value);
      if (other !== undefined) {
        context.addIssue({ code: 'custom', path: [name], message: `${value} is ${other} already` });
      }
      seen.set(value, name);
    }
  });

export type PortVariable =
  | 'PORT'
  | 'VIGIA_POSTGRES_PORT'
  | 'VIGIA_MEDIAMTX_API_PORT'
  | 'VIGIA_MEDIAMTX_RTSP_PORT'
  | 'VIGIA_MEDIAMTX_HLS_PORT'
  | 'VIGIA_MEDIAMTX_WEBRTC_PORT'
  | 'VIGIA_NODE_AGENT_PORT'
  | 'VIGIA_CAMERA_PORT';

export type Ports = Readonly<Record<PortVariable, number>>;

export interface StandaloneConfig {
  readonly rootDir: string;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly mediaMtxBin: string | undefined;
  readonly releasesUrl: string;
  readonly databaseUrl: string | undefined;
  readonly pathPrefix: string;
  readonly drainTimeoutMs: number;
}

/** @throws StartupFailure that names every fault at once. */
export function readStandaloneConfig(env: NodeJS.ProcessEnv): StandaloneConfig {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  const parsed = standaloneEnvironment.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new StartupFailure(`the configuration cannot be used: ${faults.join('; ')}`);
  }
  const { VIGIA_DATA_DIR, MEDIAMTX_BIN, DATABASE_URL, ...rest } = parsed.data;
  const { VIGIA_MEDIAMTX_RELEASES_URL, PATH_PREFIX, DRAIN_TIMEOUT_MS, ...ports } = rest;
  return {
    rootDir: ROOT,
    dataDir: path.resolve(VIGIA_DATA_DIR),
    ports,
    mediaMtxBin: MEDIAMTX_BIN,
    releasesUrl: VIGIA_MEDIAMTX_RELEASES_URL,
    databaseUrl: DATABASE_URL,
    pathPrefix: PATH_PREFIX,
    drainTimeoutMs: DRAIN_TIMEOUT_MS,
  };
}
