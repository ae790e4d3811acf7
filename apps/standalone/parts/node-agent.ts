import path from 'node:path';

import { writePrivateFile } from '../data-folder/private-file.js';
import { keepSecret } from '../data-folder/secret.js';
import { explainNodeAgent, nodeAgentLogLine } from '../log-lines/node-agent-log-line.js';
import { mediaMtxConfig, mediaMtxEnvironment } from '../media-mtx/media-mtx-config.js';
import { basicAuth, httpStatus } from '../network/http-status.js';
import { LOOPBACK, freeUdpPort } from '../network/ports.js';
import { type StackContext } from '../stack-context.js';

const START_TIMEOUT_MS = 20_000;
/** Then it is killed with its MediaMTX; what it keeps on disk is whole at any moment. */
const GRACE_MS = 3_000;

/** What the API needs to know of the agent. */
export interface Agent {
  readonly url: string;
  readonly token: string;
}

/** The control API of the MediaMTX to run. */
export interface ControlApi {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** Starts the agent, which starts MediaMTX; both answer when this returns. */
export async function runNodeAgent(
  context: StackContext,
  program: string,
  api: ControlApi,
): Promise<Agent> {
  const { config, folder, ports, terminal } = context.is;
  const token = keepSecret(path.join(folder.root, 'node-agent-token'));
  const agent = { url: `http://${LOOPBACK}:${ports.VIGIA_NODE_AGENT_PORT}`, token };
  await context.run({
    name: 'Node agent',
    // Its output carries what MediaMTX says, and there one looks for it.
    logName: 'mediamtx',
    command: {
      file: process.execPath,
      args: [
        '--enable-source-maps',
        path.join(config.rootDir, 'dist', 'apps', 'node-agent', 'main.js'),
      ],
      env: {
        ...mediaMtxEnvironment(process.env),
        NODE_AGENT_TOKEN: token,
        NODE_AGENT_HOST: LOOPBACK,
        NODE_AGENT_PORT: String(ports.VIGIA_NODE_AGENT_PORT),
        NODE_AGENT_DIR: path.join(folder.root, 'node'),
        NODE_BASE_FILE: await writeBaseFile(context, api),
        MEDIAMTX_BIN: program,
        PATH_PREFIX: config.pathPrefix,
        // The person's own are about the API.
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
      },
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    isReady: () => isReady(agent, api),
    onLine: (line) => {
      const readable = nodeAgentLogLine(line);
      if (readable !== undefined) terminal.warn(readable);
    },
    explain: explainNodeAgent,
  });
  return agent;
}

async function writeBaseFile(context: StackContext, account: ControlApi): Promise<string> {
  const { folder, ports } = context.is;
  const listeners = {
    api: ports.VIGIA_MEDIAMTX_API_PORT,
    rtsp: ports.VIGIA_MEDIAMTX_RTSP_PORT,
    hls: ports.VIGIA_MEDIAMTX_HLS_PORT,
    webrtc: ports.VIGIA_MEDIAMTX_WEBRTC_PORT,
    webrtcUdp: await freeUdpPort(),
  };
  const file = path.join(folder.root, 'mediamtx.yml');
  writePrivateFile(file, mediaMtxConfig(listeners, account));
  return file;
}

/** The agent first: it answers only after a MediaMTX that a killed one has left is gone. */
async function isReady({ url, token }: Agent, api: ControlApi): Promise<boolean> {
  const bearer = { authorization: `Bearer ${token}` };
  if ((await httpStatus(`${url}/v1/report`, bearer)) !== 200) return false;
  const account = basicAuth(api.user, api.password);
  return (await httpStatus(`${api.url}/v3/config/global/get`, account)) === 200;
}
