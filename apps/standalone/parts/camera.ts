import path from 'node:path';

import { findOnPath } from '#supervision/find-on-path.js';

import { findDrawing, publishArgs, type Drawing } from '../camera/test-picture.js';
import { writePrivateFile } from '../data-folder/private-file.js';
import { type MediaMtxProgram } from '../media-mtx/find-media-mtx.js';
import { cameraConfig, mediaMtxEnvironment } from '../media-mtx/media-mtx-config.js';
import { LOOPBACK } from '../network/ports.js';
import { isTcpOpen } from '../network/tcp-open.js';
import { type StackContext } from '../stack-context.js';

const PATH_NAME = 'test';
const START_TIMEOUT_MS = 20_000;
const GRACE_MS = 3_000;

/** A test camera, or why there is none. */
async function findCameraman(): Promise<{ ffmpeg: string; drawing: Drawing } | string> {
  const ffmpeg = findOnPath('ffmpeg', process.env['PATH'] ?? '');
  if (ffmpeg === undefined) {
    return (
      'none: ffmpeg is not on PATH (Debian, Ubuntu: apt-get install ffmpeg; ' +
      'macOS: brew install ffmpeg)'
    );
  }
  const drawing = await findDrawing(ffmpeg);
  return drawing ? { ffmpeg, drawing } : `none: ${ffmpeg} has no encoder for H.264`;
}

async function runServer(context: StackContext, file: string): Promise<void> {
  const { folder, ports } = context.is;
  const port = ports.VIGIA_CAMERA_PORT;
  const configFile = path.join(folder.root, 'camera.yml');
  writePrivateFile(configFile, cameraConfig(port, PATH_NAME));
  await context.run({
    name: 'Test camera',
    logName: 'camera',
    command: {
      file,
      args: [configFile],
      env: mediaMtxEnvironment(process.env),
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    isReady: () => isTcpOpen(port),
  });
}

/**
 * Starts a camera made of a second MediaMTX and an ffmpeg that publishes a moving picture to it.
 * Answers with its URL; without ffmpeg it is left out, and a line says how to get it.
 */
export async function startCamera(
  context: StackContext,
  program: MediaMtxProgram | undefined,
): Promise<string | undefined> {
  const { folder, ports, terminal } = context.is;
  if (program === undefined) return undefined;
  const cameraman = await findCameraman();
  if (typeof cameraman === 'string') {
    terminal.row('Test camera', cameraman);
    return undefined;
  }
  await runServer(context, program.file);
  const url = `rtsp://${LOOPBACK}:${ports.VIGIA_CAMERA_PORT}/${PATH_NAME}`;
  const { ffmpeg, drawing } = cameraman;
  await context.run({
    name: 'Test picture',
    logName: 'picture',
    command: {
      file: ffmpeg,
      args: publishArgs(drawing, url),
      env: process.env,
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    // The camera exists without its picture, too; whether that flows is what Vigia is there to say.
    isReady: () => Promise.resolve(true),
  });
  terminal.row('Test camera', `${url}, a moving picture with ${drawing.picture.what}`);
  return url;
}
