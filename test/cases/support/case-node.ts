/**
 * The node of the cases: a real MediaMTX that pulls a real camera, or, where either cannot be had,
 * the simulator. Which one it was stands in the table.
 */
import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { ChildProcess } from '#test/support/child-process.js';
import { hasFfmpeg } from '#test/support/ffmpeg.js';
import { ControlApi } from '#test/support/mediamtx/control-api.js';
import {
  type MediaMtxBinary,
  findRealMediaMtx,
} from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { type Picture, RtspCamera } from '#test/support/rtsp-camera.js';

export interface CaseNode {
  readonly url: string;
  readonly api: ControlApi;
  /** Host, port and path of what can be pulled. */
  readonly camera: string;
  /** `kill -9` and a new start on the same port. */
  readonly restart: () => Promise<void>;
  /** The same content once more: a hot reload that drops what came by API. */
  readonly rewriteFile: () => Promise<void>;
  /** Connections stay open and nothing is answered. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Somebody watches the path until the node ends. */
  readonly watch: (path: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const binary = await findRealMediaMtx();

export const NODE_NAME = nameOf(binary);

/** What one test machine can carry a thousand times. */
const TINY: Picture = { size: '64x64', rate: 2 };

/** @param paths how many of them will pull its camera */
export function startNode(paths: number): Promise<CaseNode> {
  return binary === null || !hasFfmpeg ? simulated() : real(binary, paths > 100 ? TINY : undefined);
}

function nameOf(found: MediaMtxBinary | null): string {
  if (found === null) return 'the simulator (no MediaMTX was found)';
  return hasFfmpeg
    ? `MediaMTX ${found.version} with a real camera`
    : 'the simulator (no ffmpeg was found to make a camera)';
}

async function real(found: MediaMtxBinary, picture?: Picture): Promise<CaseNode> {
  const camera = await RtspCamera.start(found, picture === undefined ? {} : { picture });
  const server = await RealMediaMtx.start(found);
  const { host, pathname } = new URL(camera.url);
  const viewers: ChildProcess[] = [];
  return {
    url: server.url,
    api: server.api,
    camera: `${host}${pathname}`,
    restart: () => server.restart(),
    rewriteFile: () => server.rewriteFile(),
    freeze: () => {
      server.signal('SIGSTOP');
    },
    thaw: () => {
      server.signal('SIGCONT');
    },
    watch: async (path) => {
      const input = ['-rtsp_transport', 'tcp', '-i', server.rtspUrl(path)];
      viewers.push(await ChildProcess.start('ffmpeg', ['-nostdin', ...input, '-f', 'null', '-']));
    },
    stop: async () => {
      await Promise.all(viewers.map((viewer) => viewer.kill9()));
      await server.stop();
      await camera.stop();
    },
  };
}

async function simulated(): Promise<CaseNode> {
  const simulator = await MediaMtxSimulator.start({ writeCostMsPerPath: 0.085 });
  return {
    url: simulator.url,
    api: new ControlApi(() => simulator.url),
    camera: '127.0.0.1:9/live',
    restart: () => simulator.restart(),
    rewriteFile: async () => {
      simulator.rewriteFile();
    },
    freeze: () => {
      simulator.faults.set({ kind: 'hang' });
    },
    thaw: () => {
      simulator.faults.clear();
    },
    watch: async (path) => {
      simulator.setReaders(path, 1);
    },
    stop: () => simulator.stop(),
  };
}
