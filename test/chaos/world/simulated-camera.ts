/**
 * A camera in two halves that agree: what the simulated node makes of it, since that node dials
 * nobody, and a socket of the loopback interface, which answers Vigia when it is asked.
 */
import { type Socket } from 'node:net';

import { type MediaMtxSimulator, type SourceBehaviour } from '#simulator/media-mtx-simulator.js';
import { Reason } from '#streaming/domain/reason.js';
import {
  type Behaviour,
  FakeRtspCamera,
  type RtspRequest,
  answer,
  guardedByBasic,
} from '#test/support/cameras/fake-rtsp-camera.js';

import { CANARY } from '../../support/canary/canary.mjs';
import { type CameraBehaviour, type ChaosCamera, type Question } from './chaos-node.js';

const AT_THE_NODE: Readonly<Record<CameraBehaviour, SourceBehaviour>> = {
  live: 'live',
  dead: 'dead',
  silent: 'silent',
  frozen: 'frozen',
  refusing: 'dead',
  unknowing: 'dead',
};

/** What MediaMTX makes of it; of one that says nothing Vigia must find out itself. */
const IN_THE_LOG: Readonly<Partial<Record<CameraBehaviour, Reason>>> = {
  dead: Reason.sourceProtocol,
  refusing: Reason.sourceAuthFailed,
  unknowing: Reason.sourceNotFound,
};

const mute: Behaviour = () => null;

/** It keeps its port for itself: a port that is closed for a while may be somebody else's by then. */
const breakingOff: Behaviour = (_, socket) => {
  socket.resetAndDestroy();
  return null;
};

const WHEN_ASKED: Readonly<Record<CameraBehaviour, Behaviour>> = {
  live: guardedByBasic({ user: 'admin', password: CANARY }),
  dead: breakingOff,
  silent: mute,
  frozen: mute,
  refusing: guardedByBasic({ user: 'admin', password: 'another one by now' }),
  unknowing: () => answer('404 Not Found'),
};

export class SimulatedCamera implements ChaosCamera {
  readonly questions: Question[] = [];
  private behaviour: CameraBehaviour = 'live';
  private socket: FakeRtspCamera | null = null;

  private constructor(
    private readonly simulator: MediaMtxSimulator,
    private readonly name: string,
  ) {}

  /** @param name of its source, unique in the world: a port may come again */
  static async start(simulator: MediaMtxSimulator, name: string): Promise<SimulatedCamera> {
    const camera = new SimulatedCamera(simulator, name);
    camera.socket = await FakeRtspCamera.start((request, socket) => camera.answer(request, socket));
    return camera;
  }

  get address(): string {
    return `127.0.0.1:${this.socket?.port}/${this.name}`;
  }

  get fault(): Reason | null {
    return IN_THE_LOG[this.behaviour] ?? null;
  }

  become = async (behaviour: CameraBehaviour): Promise<void> => {
    this.behaviour = behaviour;
    const source = `@${this.address}?`;
    this.simulator.setSource((url) => url.includes(source), AT_THE_NODE[behaviour]);
  };

  drop = async (path: string): Promise<void> => this.simulator.dropSource(path);
  blink = this.drop;
  close = async (): Promise<void> => this.socket?.stop();

  private answer(request: RtspRequest, socket: Socket): string | null {
    const isRefusedLogin = request.authorization !== null && this.behaviour === 'refusing';
    this.questions.push({ at: Date.now(), method: request.method, isRefusedLogin });
    return WHEN_ASKED[this.behaviour](request, socket);
  }
}
