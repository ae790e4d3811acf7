/**
 * One MediaMTX node in memory: paths live in its memory only, an identical write leaves a path
 * alone, and an altered path can poison every write. What it answers next can be scripted.
 */
import { type Clock } from '#kernel/clock.js';
import { type Look, type PathLook, type PathSample } from '#streaming/domain/look.js';
import { type NodeFacts } from '#streaming/domain/node-hazards.js';
import {
  type ConfigAudit,
  MediaMtxClient,
  type NodeInfo,
  type PathSpec,
  type WriteOutcome,
} from '#streaming/domain/ports/media-mtx-client.js';
import { aGate } from './a-gate.js';
import { type CameraMode, FakeCamera } from './fake-camera.js';

export interface Write {
  readonly verb: 'replace' | 'remove';
  readonly path: string;
}

/** `lost`: the write is applied and its answer does not arrive. `lie`: accepted and never applied. */
export type ScriptedAnswer = 'rejected' | 'unknown' | 'lost' | 'lie';

interface FakePath {
  readonly spec: PathSpec | null;
  readonly confName: string;
  readonly camera: FakeCamera;
  readers: number;
}

const REJECTED: WriteOutcome = { kind: 'rejected', cause: 'HTTP 400' };
const UNKNOWN: WriteOutcome = { kind: 'unknown', cause: 'no answer within 5000 ms' };

/** By the name that the node has for it. */
const FIELDS = [
  ['source', 'source'],
  ['sourceOnDemand', 'onDemand'],
  ['rtspTransport', 'transport'],
] as const;

export class FakeMediaMtxClient extends MediaMtxClient {
  private readonly paths = new Map<string, FakePath>();
  private readonly modes = new Map<string, CameraMode>();
  private readonly script: ScriptedAnswer[] = [];
  private gate: Promise<void> | null = null;
  private auditGate: Promise<void> | null = null;
  private connections = 0;
  /** Neither looks nor writes are answered. */
  isDown = false;
  /** Looks are not answered, writes are. */
  isBlind = false;
  version: string | null = 'v1.20.1';
  /** Another value is another process. */
  started = 'first';
  settings = { hasUdpReadBufferSize: false, hasCatchAllPath: false, hasRecordCleaner: false };
  audits = 0;
  isAuditBroken = false;
  inspections = 0;
  /** Bodies for these paths are refused, for what is in them. */
  readonly refusedPaths = new Set<string>();
  /** The path whose altered configuration makes every write of another one fail. */
  poisonedBy: string | null = null;
  /** All writes that have arrived, in order. */
  readonly writes: Write[] = [];

  constructor(private readonly clock: Clock) {
    super();
  }

  override async look(): Promise<Look> {
    if (this.isDown || this.isBlind) {
      return { kind: 'inconclusive', cause: 'connection refused' };
    }
    const samples = [...this.paths.keys()].map((name) => [name, this.sampleOf(name)] as const);
    return { kind: 'complete', paths: new Map(samples) };
  }

  override async lookAt(path: string): Promise<PathLook> {
    if (this.isDown || this.isBlind) {
      return { kind: 'inconclusive', cause: 'connection refused' };
    }
    return { kind: 'complete', sample: this.has(path) ? this.sampleOf(path) : null };
  }

  override async replace(path: string, spec: PathSpec): Promise<WriteOutcome> {
    return this.write({ verb: 'replace', path }, this.refusedPaths.has(path), () => {
      this.configure(path, spec);
    });
  }

  override async remove(path: string): Promise<WriteOutcome> {
    return this.write({ verb: 'remove', path }, false, () => {
      this.paths.delete(path);
    });
  }

  override async info(): Promise<NodeInfo | null> {
    return this.isDown || this.version === null
      ? null
      : { version: this.version, started: this.started };
  }

  override async auditConfig(wanted: ReadonlyMap<string, PathSpec>): Promise<ConfigAudit> {
    this.audits += 1;
    const fields = [...wanted].map(([path, spec]) => [path, this.differing(path, spec)] as const);
    const drifted = new Map(fields.filter(([, names]) => names.length > 0));
    await this.auditGate;
    return this.isDown || this.isBlind || this.isAuditBroken
      ? { kind: 'inconclusive', cause: 'malformed list of configured paths' }
      : { kind: 'complete', drifted };
  }

  override async inspect(): Promise<NodeFacts | null> {
    this.inspections += 1;
    return this.isDown || this.version === null
      ? null
      : { version: this.version, started: this.started, ...this.settings };
  }

  /** The next writes get these answers, one each. */
  answerNext(...answers: ScriptedAnswer[]): void {
    this.script.push(...answers);
  }

  /** Writes that arrive from now on wait until the returned function is called. */
  holdWrites(): () => void {
    const { promise, open } = aGate();
    this.gate = promise;
    return () => {
      this.gate = null;
      open();
    };
  }

  /** Audits that are asked from now on are answered late: when the returned function is called. */
  holdAudits(): () => void {
    const { promise, open } = aGate();
    this.auditGate = promise;
    return () => {
      this.auditGate = null;
      open();
    };
  }

  /** How the camera behind a path behaves, now and whenever the path is configured anew. */
  camera(path: string, mode: CameraMode): void {
    this.modes.set(path, mode);
    this.paths.get(path)?.camera.turn(mode);
  }

  reconnectCamera(path: string): void {
    this.paths.get(path)?.camera.reconnect();
  }

  watch(path: string, readers: number): void {
    const known = this.paths.get(path);
    if (known !== undefined) {
      known.readers = readers;
      known.camera.turn(this.isPulled(known) ? this.modeOf(path) : 'silent');
    }
  }

  /** Somebody else's path, or, with another `confName`, a path that a catch-all serves. */
  put(path: string, confName = path): void {
    const camera = this.aCamera();
    camera.turn(this.modeOf(path));
    this.paths.set(path, { spec: null, confName, camera, readers: 0 });
  }

  /** Somebody gives a path another configuration; the camera behind it is another one, too. */
  alterByHand(path: string, change: Partial<PathSpec>): void {
    const spec = this.specOf(path);
    if (spec === null) {
      throw new Error(`there is no path of ours at ${path}`);
    }
    this.configure(path, { ...spec, ...change });
  }

  /** As after `kill -9` and a new start: paths that came by API are gone. */
  forgetAll(): void {
    this.paths.clear();
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  get names(): string[] {
    return [...this.paths.keys()].sort();
  }

  specOf(path: string): PathSpec | null {
    return this.paths.get(path)?.spec ?? null;
  }

  private differing(path: string, wanted: PathSpec): string[] {
    const configured = this.paths.get(path);
    if (configured === undefined) {
      return [];
    }
    return FIELDS.filter(
      ([, field]) => JSON.stringify(configured.spec?.[field]) !== JSON.stringify(wanted[field]),
    ).map(([name]) => name);
  }

  private async write(write: Write, isRefused: boolean, apply: () => void): Promise<WriteOutcome> {
    this.writes.push(write);
    await this.gate;
    const answer = this.isDown ? 'unknown' : this.script.shift();
    const outcome = answer === undefined ? this.judge(write, isRefused) : answerOf(answer);
    if ((outcome.kind === 'accepted' && answer !== 'lie') || answer === 'lost') {
      apply();
    }
    return outcome;
  }

  private judge({ path }: Write, isRefused: boolean): WriteOutcome {
    if (isRefused || (this.poisonedBy !== null && this.poisonedBy !== path)) {
      return REJECTED;
    }
    this.poisonedBy = null;
    return { kind: 'accepted' };
  }

  private configure(path: string, spec: PathSpec): void {
    if (JSON.stringify(this.specOf(path)) === JSON.stringify(spec)) {
      return;
    }
    const configured = { spec, confName: path, camera: this.aCamera(), readers: 0 };
    this.paths.set(path, configured);
    configured.camera.turn(this.isPulled(configured) ? this.modeOf(path) : 'silent');
  }

  private aCamera(): FakeCamera {
    return new FakeCamera(this.clock, () => `connection ${(this.connections += 1)}`);
  }

  private isPulled({ spec, readers }: FakePath): boolean {
    return readers > 0 || spec?.onDemand !== true;
  }

  private modeOf(path: string): CameraMode {
    return this.modes.get(path) ?? 'live';
  }

  private sampleOf(name: string): PathSample {
    const path = this.paths.get(name);
    if (path === undefined) {
      throw new Error(`there is no path ${name}`);
    }
    return { name, confName: path.confName, readers: path.readers, ...path.camera.show() };
  }
}

function answerOf(answer: ScriptedAnswer): WriteOutcome {
  switch (answer) {
    case 'rejected':
      return REJECTED;
    case 'lie':
      return { kind: 'accepted' };
    default:
      return UNKNOWN;
  }
}
