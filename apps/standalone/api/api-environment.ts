import { LOOPBACK } from '../network/ports.js';
import { type MediaServer } from '../parts/media-server.js';
import { type Ports } from '../standalone-config.js';

export interface ApiSurroundings {
  readonly ports: Ports;
  readonly databaseUrl: string;
  readonly mediaServer: MediaServer;
}

/** What of the person's environment the stack decides itself; a value given for it is not used. */
export const DECIDED_HERE = [
  'HOST',
  'MEDIAMTX_API_URL',
  'NODE_AGENT_URL',
  'NODE_AGENT_TOKEN',
  'NODES_FILE',
  'LOG_FORMAT',
  'MIGRATE_ON_START',
] as const;

/** Of the stack itself, of the agent, and of nodes that are not the one here. */
const OF_OTHERS = /^(VIGIA_|NODE_AGENT_|NODE_BASE_FILE$|NODES_FILE$|MEDIAMTX_BIN$)/;

/** The environment of the API: the person's own settings, and where the parts of the stack are. */
export function apiEnvironment(
  env: NodeJS.ProcessEnv,
  { ports, databaseUrl, mediaServer }: ApiSurroundings,
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !OF_OTHERS.test(name));
  const { agent } = mediaServer;
  return {
    ...Object.fromEntries(own),
    HOST: LOOPBACK,
    PORT: String(ports.PORT),
    DATABASE_URL: databaseUrl,
    MIGRATE_ON_START: 'true',
    MEDIAMTX_API_URL: mediaServer.apiUrl,
    MEDIAMTX_API_USER: mediaServer.apiUser,
    MEDIAMTX_API_PASSWORD: mediaServer.apiPassword,
    ...(agent && { NODE_AGENT_URL: agent.url, NODE_AGENT_TOKEN: agent.token }),
    MEDIAMTX_HLS_URL: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_HLS_PORT}`,
    MEDIAMTX_WEBRTC_URL: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_WEBRTC_PORT}`,
    MEDIAMTX_RTSP_URL: `rtsp://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_RTSP_PORT}`,
    // Its file is read by machines; what a person should see is shown on the terminal.
    LOG_FORMAT: 'json',
  };
}
