import path from 'node:path';

import { keepSecret } from '../data-folder/secret.js';
import { findMediaMtx, type MediaMtxProgram } from '../media-mtx/find-media-mtx.js';
import { httpStatus } from '../network/http-status.js';
import { LOOPBACK } from '../network/ports.js';
import { type StackContext } from '../stack-context.js';
import { type Agent, runNodeAgent } from './node-agent.js';

const API_USER = 'vigia';
const START_TIMEOUT_MS = 20_000;
const GRACE_MS = 3_000;

/** What the API needs to know of the server that it controls. */
export interface MediaServer {
  readonly apiUrl: string;
  readonly apiUser: string;
  readonly apiPassword: string;
  /** Who runs it. Nobody: it is the simulator, which speaks like a MediaMTX but carries no media. */
  readonly agent: Agent | undefined;
}

async function runSimulator(context: StackContext, apiUrl: string): Promise<void> {
  const { config, folder, ports } = context.is;
  await context.run({
    name: 'Simulator',
    logName: 'simulator',
    command: {
      file: process.execPath,
      args: [path.join(config.rootDir, 'dist', 'libs', 'simulator', 'main.js')],
      env: {
        ...process.env,
        SIMULATOR_HOST: LOOPBACK,
        SIMULATOR_PORT: String(ports.VIGIA_MEDIAMTX_API_PORT),
      },
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    isReady: async () => (await httpStatus(`${apiUrl}/v3/paths/list`)) === 200,
  });
}

/** The MediaMTX to run, as the node and as the camera. */
export function findProgram(context: StackContext): Promise<MediaMtxProgram | undefined> {
  const { config, folder, terminal, signal } = context.is;
  return findMediaMtx({
    wanted: config.mediaMtxBin,
    searchPath: process.env['PATH'] ?? '',
    cacheDir: path.join(folder.root, 'mediamtx'),
    releasesUrl: config.releasesUrl,
    terminal,
    signal,
  });
}

/** Starts a MediaMTX, or its simulator where there is none to be had. */
export async function startMediaServer(
  context: StackContext,
  program: MediaMtxProgram | undefined,
): Promise<MediaServer> {
  const { folder, ports, terminal } = context.is;
  const server = {
    agent: undefined,
    apiUrl: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_API_PORT}`,
    apiUser: API_USER,
    apiPassword: keepSecret(path.join(folder.root, 'mediamtx-password')),
  };
  if (program === undefined) {
    await runSimulator(context, server.apiUrl);
    terminal.row(
      'MediaMTX',
      `SIMULATED on ${server.apiUrl}: no media flows, no picture can be seen`,
    );
    const where = 'https://github.com/bluenviron/mediamtx/releases';
    terminal.row('', `for a real one: mediamtx on PATH, or MEDIAMTX_BIN with its file (${where})`);
    return server;
  }
  const agent = await runNodeAgent(context, program.file, {
    url: server.apiUrl,
    user: server.apiUser,
    password: server.apiPassword,
  });
  const { VIGIA_MEDIAMTX_RTSP_PORT: rtsp, VIGIA_MEDIAMTX_HLS_PORT: hls } = ports;
  const where = `RTSP :${rtsp}, HLS :${hls}, WebRTC :${ports.VIGIA_MEDIAMTX_WEBRTC_PORT}`;
  terminal.row('MediaMTX', `${program.version} (${program.file}), ${where}`);
  terminal.row('', `run by the node agent on ${agent.url}`);
  return { ...server, agent };
}
