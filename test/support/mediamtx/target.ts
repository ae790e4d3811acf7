/** What a contract test needs of a MediaMTX, whether real or simulated. */
import { type ControlApi, type Json } from './control-api.js';

export interface TargetOptions {
  readonly auth?: { readonly user: string; readonly password: string };
  readonly filePaths?: Readonly<Record<string, Json>>;
}

export interface Target {
  readonly api: ControlApi;
  readonly port: number;
  /** `kill -9` and a new start on the same port. */
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly revive: () => Promise<void>;
  readonly rewriteFile: (paths?: Readonly<Record<string, Json>>) => Promise<void>;
  /** Changes the time of the file, and nothing else. */
  readonly touchFile: () => Promise<void>;
  /** A source that can be pulled; live from the start. */
  readonly camera: () => Promise<TargetCamera>;
  /** A viewer of a path; resolves at once, the server may take a moment to show it. */
  readonly view: (path: string) => Promise<TargetViewer>;
  readonly stop: () => Promise<void>;
}

export interface TargetCamera {
  readonly url: string;
  readonly endStream: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
}

export interface TargetViewer {
  readonly leave: () => Promise<void>;
}
