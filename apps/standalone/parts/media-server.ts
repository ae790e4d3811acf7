import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { keepSecret } from '../data-folder/secret.js';
import { findMediaMtx, type MediaMtxProgram } from '../media-mtx/find-media-mtx.js';
import { mediaMtxConfig, mediaMtxEnvironment } from '../media-mtx/media-mtx-config.js';
import { basicAuth, httpStatus } from '../network/http-status.js';
import { LOOPBACK, freeUdpPort } from '../network/ports.js';
import { type StackContext } from '../stack-context.js';

const API_USER = 'vigia';
const START_TIMEOUT_MS = 20_000;
const GRACE_MS = 3_000;

/** What the API needs to know of the server that it controls. */
export interface MediaServer {
  /** Nothing: the simulator, which speaks like a MediaMTX but carries no media. */
  readonly program: MediaMtxProgram | undefined;
  readonly apiUrl: string;
  readonly apiUser: string;
  readonly apiPassword: string;
}

/** Rewritten as a new file: an old one may have other rights than its owner's only. */
export function writePrivateFile(file: string, content: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, content, { mode: 0o600 });
}

async function runMediaMtx(
  context: StackContext,
  server: MediaServer,
  file: string,
): Promise<void> {
  const { folder, ports } = context.is;
  const { apiUrl, apiUser: user, apiPassword: password } = server;
  const configFile = path.join(folder.root, 'mediamtx.yml');
  const listeners = {
    api: ports.VIGIA_MEDIAMTX_API_PORT,
    rtsp: ports.VIGIA_MEDIAMTX_RTSP_PORT,
    hls: ports.VIGIA_MEDIAMTX_HLS_PORT,
    webrtc: ports.VIGIA_MEDIAMTX_WEBRTC_PORT,
    webrtcUdp: await freeUdpPort(),
  };
  writePrivateFile(configFile, mediaMtxConfig(listeners, { user, password }));
  const url = `${apiUrl}/v3/config/global/get`;
  await context.run({
    name: 'MediaMTX',
    logName: 'mediamtx',
    command: {
      file,
      args: [configFile],
      env: mediaMtxEnvironment(process.env),
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    isReady: async () => (await httpStatus(url, basicAuth(user, password))) === 200,
  });
}

async function runSimulator(context: StackContext, { apiUrl }: MediaServer): Promise<void> {
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

/** Starts a MediaMTX, or its simulator where there is none to be had. */
export async function startMediaServer(context: StackContext): Promise<MediaServer> {
  const { config, folder, ports, terminal, signal } = context.is;
  const program = await findMediaMtx({
    wanted: config.mediaMtxBin,
    searchPath: process.env['PATH'] ?? '',
    cacheDir: path.join(folder.root, 'mediamtx'),
    releasesUrl: config.releasesUrl,
    terminal,
    signal,
  });
  const server: MediaServer = {
    program,
    apiUrl: `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_API_PORT}`,
    apiUser: API_USER,
    apiPassword: keepSecret(path.join(folder.root, 'mediamtx-password')),
  };
  if (program === undefined) {
    await runSimulator(context, server);
    terminal.row(
      'MediaMTX',
      `SIMULATED on ${server.apiUrl}: no media flows, no picture can be seen`,
    );
    const where = 'https://github.com/bluenviron/mediamtx/releases';
    terminal.row('', `for a real one: mediamtx on PATH, or MEDIAMTX_BIN with its file (${where})`);
    return server;
  }
  await runMediaMtx(context, server, program.file);
  const { VIGIA_MEDIAMTX_RTSP_PORT: rtsp, VIGIA_MEDIAMTX_HLS_PORT: hls } = ports;
  const where = `RTSP :${rtsp}, HLS :${hls}, WebRTC :${ports.VIGIA_MEDIAMTX_WEBRTC_PORT}`;
  terminal.row('MediaMTX', `${program.version} (${program.file}), ${where}`);
  return server;
}
