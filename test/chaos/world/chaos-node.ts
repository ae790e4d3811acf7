/** A MediaMTX that can be mistreated, simulated or real. */
import { type Fault } from '#simulator/media-mtx-simulator.js';
import { type Json } from '#test/support/mediamtx/control-api.js';

import { type Hand } from './hand.js';

/** `refusing`: the password; `unknowing`: the path. */
export type CameraBehaviour = 'live' | 'dead' | 'silent' | 'frozen' | 'refusing' | 'unknowing';

/** What Vigia has asked a camera. */
export interface Question {
  readonly at: number;
  readonly method: string;
  /** It came with a password, which the camera did not take. */
  readonly isRefusedLogin: boolean;
}

export interface ChaosCamera {
  /** Host, port and path of its source. */
  readonly address: string;
  /** Null for one that cannot tell who asks: a real node asks it, too. */
  readonly questions: readonly Question[] | null;
  readonly become: (behaviour: CameraBehaviour) => Promise<void>;
  /** Shorter than anything that may have consequences. */
  readonly blink: (path: string) => Promise<void>;
  /** Ends the connection of the node; throws when there is no such path. */
  readonly drop: (path: string) => Promise<void>;
  /** Nobody pulls it any more. */
  readonly close: () => Promise<void>;
}

/** What runs MediaMTX for Vigia, and starts it again with what Vigia wants. */
export interface ChaosAgent {
  readonly url: string;
  readonly token: string;
  /** What the next MediaMTX starts with, by path; null when nothing was ever wanted. */
  readonly wanted: () => Readonly<Record<string, Json>> | null;
  /** `kill -9`; its MediaMTX ends with it. */
  readonly kill: () => Promise<void>;
  /** While it is down. Resolves when its MediaMTX answers. */
  readonly start: () => Promise<void>;
  /** While it is down, somebody breaks its file, or removes it; or both that it has. */
  readonly spoil: (how: Spoiling) => Promise<void>;
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  /** `kill -9`; resolves when the agent has started another one, and that answers. */
  readonly killMediaMtx: () => Promise<void>;
  /** Bends the answers of a simulated one; the end of it is returned. */
  readonly bend: (bend: AgentBend) => () => void;
}

export const SPOILINGS = ['broken', 'removed', 'both broken', 'both removed'] as const;
export type Spoiling = (typeof SPOILINGS)[number];

/** What may be wrong with an agent's answers. */
export interface AgentBend {
  readonly kind: 'hang' | 'status' | 'malformed' | 'answer lost' | 'late' | 'flood' | 'lie';
  /** To which of its calls; absent: to all. */
  readonly on?: 'report' | 'wanted';
  readonly status?: number;
  readonly ms?: number;
  /** Of a lie: errors that it tells beside the true ones, by path. */
  readonly errors?: Readonly<Record<string, AgentError>>;
}

export interface AgentError {
  readonly code: string;
  readonly at: string;
  readonly count: number;
}

export interface ChaosNode {
  readonly isReal: boolean;
  readonly url: string;
  /** Null for a MediaMTX that somebody else starts. */
  readonly agent: ChaosAgent | null;
  /** What its file holds that is not ours, and that nobody may touch. */
  readonly inFile: Readonly<Record<string, Json>>;
  readonly hand: Hand;
  /** How many cameras it can have that know nothing of each other. */
  readonly cameras: number;
  readonly kill: () => Promise<void>;
  readonly revive: () => Promise<void>;
  readonly rewriteFile: () => Promise<void>;
  /** Nobody is answered, and what was asked waits. */
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  /** Bends the answers of a simulated node; the end of it is returned. */
  readonly bend: (faults: readonly Fault[]) => () => void;
  /** As a viewer does: a path that only a pattern configures exists once somebody asks for it. */
  readonly view: (path: string) => void;
  /** @param tag keeps the cameras of one seed apart from those of another, where they can be */
  readonly camera: (tag: string, index: number) => Promise<ChaosCamera>;
  readonly stop: () => Promise<void>;
}

/** Of a MediaMTX without an agent: a base file of the agent holds no paths. */
export const FOREIGN_IN_FILE: Readonly<Record<string, Json>> = {
  lobby: { source: 'rtsp://127.0.0.1:9/lobby', sourceOnDemand: true },
};
