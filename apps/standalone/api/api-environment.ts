import { LOOPBACK } from '../network/ports.js';
import { type Ports } from '../standalone-config.js';

export interface ApiSurroundings {
  readonly ports: Ports;
  readonly databaseUrl: string;
  readonly mediaMtxApiUrl: string;
  readonly mediaMtxApiUser: string;
  readonly mediaMtxApiPassword: string;
}

/** What of the person's environment the stack decides itself; a value given for it is not used. */
export const DECIDED_HERE = ['HOST', 'MEDIAMTX_API_URL', 'LOG_FORMAT', 'MIGRATE_ON_START'] as const;

/** The environment of the API: the person's own settings, and where the parts of the stack are. */
export function apiEnvironment(
  env: NodeJS.ProcessEnv,
  { ports, ...surroundings }: ApiSurroundings,
): NodeJS.ProcessEnv {
  // Settings of the stack itself mean nothing to the API, which would wonder about them.
  const own = Object.entries(env).filter(([name]) => !/^(VIGIA_|MEDIAMTX_BIN$)/.test(name));
  return {
    ...Object.fromEntries(own),
    HOST: LOOPBACK,
    PORT: String(ports.PORT),
    DATABASE_URL: surroundings.databaseUrl,
    MIGRATE_ON_START: 'true',
    MEDIAMTX_API_URL: surroundings.mediaMtxApiUrl,
    MEDIAMTX_API_USER: surroundings.mediaMtxApiUser,
    MEDIAMTX_API_PASSWORD: surroundings.mediaMtxApiPassword,
    MEDIAMTX_HLS_URL: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_HLS_PORT}`,
    MEDIAMTX_WEBRTC_URL: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_WEBRTC_PORT}`,
    MEDIAMTX_RTSP_URL: `rtsp://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_RTSP_PORT}`,
    // Its file is read by machines; what a person should see is shown on the terminal.
    LOG_FORMAT: 'json',
  };
}
