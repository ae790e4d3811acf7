/**
 * A double of the MediaMTX v1.20.1 Control API, for tests and for a local stack without the real
 * server. It speaks HTTP only: no media flows. The contract tests hold it to what the real server
 * does. Not modelled: alwaysAvailable, cross-checks of Raspberry Pi cameras, deprecated per-path
 * credentials, and the sessions behind the readers.
 */
import { type Credentials } from './authentication.js';
import { ControlApi } from './control-api.js';
import { decodePathValue } from './decode-path.js';
import { type Faults } from './faults.js';
import { now } from './go-time.js';
import { HttpListener } from './http-listener.js';
import { type PathBody } from './path-body.js';
import { type Change, ProcessState } from './process-state.js';
import { type JournalEntry } from './request-journal.js';
import { type RuntimePath } from './runtime-path.js';
import { type SourceBehaviour, type SourceMatch, SourceWorld } from './source-behaviour.js';
import { REAL_TIMINGS, type Timings } from './timings.js';

export { type Fault, type FaultKind, type Faults } from './faults.js';
export { type PathBody } from './path-body.js';
export { type JournalEntry } from './request-journal.js';
export { type SourceBehaviour, type SourceMatch } from './source-behaviour.js';
export { type Timings } from './timings.js';

export interface SimulatorOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly host?: string;
  /** What the configuration file holds under `paths`. */
  readonly filePaths?: Readonly<Record<string, PathBody>>;
  /** What the file holds under `pathDefaults`; by default no record cleaner, as recommended. */
  readonly pathDefaults?: PathBody;
  /** Global settings that differ from the defaults, e.g. a hazard to be warned of. */
  readonly globals?: Readonly<Record<string, unknown>>;
  /** The real server takes about 0.085. */
  readonly writeCostMsPerPath?: number;
  /** From an answer to the moment when it is true. */
  readonly applyDelayMs?: number;
  readonly auth?: Credentials;
  readonly version?: string;
  readonly timings?: Partial<Timings>;
}

const POISON: PathBody = { source: 'ftp://poison.invalid/' };

export class MediaMtxSimulator {
  private readonly world = new SourceWorld();
  private readonly listener: HttpListener;
  private readonly api: ControlApi;
  private filePaths: Readonly<Record<string, PathBody>>;
  private state: ProcessState;

  private constructor(private readonly options: SimulatorOptions) {
    this.filePaths = options.filePaths ?? {};
    this.state = this.boot();
    const { version = 'v1.20.1', applyDelayMs = 2, auth } = options;
    this.api = new ControlApi({ version, applyDelayMs, auth }, () => this.state);
    this.listener = new HttpListener(this.host, options.port ?? 0, (request, response) => {
      void this.api.serve(request, response);
    });
  }

  static async start(options: SimulatorOptions = {}): Promise<MediaMtxSimulator> {
    const simulator = new MediaMtxSimulator(options);
    await simulator.listener.open();
    return simulator;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get port(): number {
    return this.listener.port;
  }

  get requests(): readonly JournalEntry[] {
    return this.api.journal.entries;
  }

  /** Calls of add, patch, replace and delete that have arrived, whatever became of them. */
  get configWrites(): number {
    return this.api.journal.configWrites;
  }

  get faults(): Faults {
    return this.api.faults;
  }

  /** Forgets the requests, and counts writes from zero again. */
  clearJournal(): void {
    this.api.journal.clear();
  }

  /** `kill -9` and a new start on the same port: what came by API is lost, the file is kept. */
  async restart(): Promise<void> {
    await this.kill();
    await this.revive();
  }

  /** The port refuses, connections are reset, work in the queue is lost. */
  async kill(): Promise<void> {
    this.state.die();
    await this.listener.close();
  }

  async revive(): Promise<void> {
    this.state.die();
    this.state = this.boot();
    await this.listener.open();
  }

  async stop(): Promise<void> {
    await this.kill();
  }

  /** A hot reload: the file is the whole truth, `started` stays, equal paths live on undisturbed. */
  rewriteFile(paths: Readonly<Record<string, PathBody>> = this.filePaths): void {
    this.filePaths = paths;
    this.state.reloadFile(this.file());
  }

  addForeign(name: string, body: PathBody): void {
    const decoded = decodePathValue(body);
    this.byHand((configuration) => configuration.withReplaced(name, decoded));
  }

  removeByHand(name: string): void {
    this.byHand((configuration) => configuration.withRemoved(name));
  }

  alterByHand(name: string, body: PathBody): void {
    const decoded = decodePathValue(body);
    this.byHand((configuration) => configuration.withPatched(name, decoded));
  }

  /** What a refused PATCH leaves behind: every write fails until this path is replaced or deleted. */
  poison(name: string): void {
    this.state.configuration.withPatched(name, POISON);
  }

  /** For running sources at once, and for those to come; outlives restarts. The latest rule wins. */
  setSource(match: SourceMatch, behaviour: SourceBehaviour): void {
    this.world.set(match, behaviour);
    this.state.runtime.refresh(now());
  }

  /** The camera ends its stream; it is back at the next dial, with new counters. */
  dropSource(name: string): void {
    this.path(name).dropSource(now());
  }

  setReaders(name: string, count: number): void {
    this.path(name).setReaders(count, now());
  }

  /** What a viewer does to a name that only a pattern or a catch-all configures. */
  openRuntimePath(name: string): void {
    this.state.runtime.open(name, now());
  }

  private get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  private byHand(change: Change): void {
    this.state.writeNow(change);
  }

  private path(name: string): RuntimePath {
    const path = this.state.runtime.get(name);
    if (path === undefined) throw new Error(`no runtime path '${name}'`);
    return path;
  }

  private file(): ConstructorParameters<typeof ProcessState>[0] {
    const paths = Object.entries(this.filePaths).map(([name, body]) => [
      name,
      decodePathValue(body),
    ]);
    return {
      globals: this.options.globals ?? {},
      pathDefaults: decodePathValue(this.options.pathDefaults ?? { recordDeleteAfter: '0s' }),
      paths: Object.fromEntries(paths) as Record<string, PathBody>,
    };
  }

  private boot(): ProcessState {
    const timings = { ...REAL_TIMINGS, ...this.options.timings };
    const { writeCostMsPerPath = 0 } = this.options;
    return new ProcessState(this.file(), this.world, timings, { writeCostMsPerPath });
  }
}
