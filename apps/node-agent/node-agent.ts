import path from 'node:path';

import { type FastifyInstance } from 'fastify';

import { ChildLedger, readRecordedChildren } from '#supervision/child-ledger.js';
import { endProcesses } from '#supervision/end-processes.js';
import { lockFolder } from '#supervision/folder-lock.js';
import { Guard } from '#supervision/guard.js';
import { isAlive } from '#supervision/process-table.js';
import { StartupFailure, messageOf } from '#supervision/startup-failure.js';

import { type AgentConfig } from './agent-config.js';
import { type AgentLog } from './agent-log.js';
import { type Settings } from './boot/base-file.js';
import { type Paths, trialFile } from './boot/boot-file.js';
import { BootFiles } from './boot/boot-files.js';
import { loadBase } from './boot/load-base.js';
import { PathSelector } from './boot/path-selector.js';
import { emptyPrivateFolder, privateFolder } from './boot/private-file.js';
import { TrialStart } from './boot/trial-start.js';
import { childEnvironment, trialEnvironment } from './child/child-environment.js';
import { Supervisor } from './child/supervisor.js';
import { type FoundProgram, findProgram } from './find-program.js';
import { agentServer } from './http/agent-server.js';
import { LogForwarder } from './log/log-forwarder.js';
import { WatchedPaths } from './log/watched-paths.js';
import { NodeConfiguration } from './node-configuration.js';
import { PokeLog } from './pokes/poke-log.js';
import { wantedRequestSchema, wantedSetSchema } from './wanted/wanted-set.js';
import { WantedStore } from './wanted/wanted-store.js';

const LEFTOVER_GRACE_MS = 3_000;

export interface Surroundings {
  readonly config: AgentConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly log: AgentLog;
}

/**
 * One MediaMTX and what Vigia wants of it.
 *
 * Whatever ends this process, MediaMTX ends too: an ordinary stop hands the signal on; a kill that
 * cannot be caught is seen by the guard; and should the guard be killed with us, the next start ends
 * what it finds written down, and no other process.
 */
export class NodeAgent {
  private readonly watched: WatchedPaths;
  private readonly pokes = new PokeLog();
  private readonly guard = new Guard();
  private release: (() => void) | null = null;
  private supervisor: Supervisor | null = null;
  private server: FastifyInstance | null = null;

  constructor(private readonly is: Surroundings) {
    this.watched = new WatchedPaths(is.config.PATH_PREFIX);
  }

  /**
   * @throws StartupFailure; what was started by then is still to be stopped with `down`
   * @param signal stops it half way
   */
  async up(signal: AbortSignal): Promise<void> {
    const { config, env } = this.is;
    const folder = await this.openFolder();
    const program = await findProgram(config.MEDIAMTX_BIN, env['PATH'] ?? '');
    const ledger = await this.openLedger(folder);
    const configuration = await this.configure({ folder, program, ledger });
    if (signal.aborted) return;
    await this.listen(configuration, program);
    // Does nothing any more once it was told to stop.
    this.supervisor?.start();
  }

  async down(signal: NodeJS.Signals): Promise<void> {
    this.pokes.close();
    await this.server?.close();
    await this.supervisor?.stop(signal);
    await this.guard.stop();
    this.release?.();
  }

  /** Without asking: for the impatient. */
  async kill(): Promise<void> {
    await this.supervisor?.kill();
  }

  private async openFolder(): Promise<string> {
    const folder = path.resolve(this.is.config.NODE_AGENT_DIR);
    try {
      await privateFolder(folder);
    } catch (error) {
      throw new StartupFailure(`NODE_AGENT_DIR: ${folder} cannot be used (${messageOf(error)})`);
    }
    const lock = { file: path.join(folder, 'lock'), setting: 'NODE_AGENT_DIR' };
    this.release = await lockFolder(lock);
    return folder;
  }

  /** Ends what an agent that was killed, and its guard with it, has left behind. */
  private async openLedger(folder: string): Promise<ChildLedger> {
    const file = path.join(folder, 'children.json');
    const leftovers = readRecordedChildren(file).filter(isAlive);
    if (leftovers.length > 0) {
      const pids = leftovers.map(({ pid }) => pid);
      this.is.log.warn({ pids }, 'ending what a killed run left behind');
      await endProcesses(leftovers, LEFTOVER_GRACE_MS);
    }
    this.guard.start();
    return new ChildLedger(file, (children) => this.guard.tell(children));
  }

  private async configure(found: {
    folder: string;
    program: FoundProgram;
    ledger: ChildLedger;
  }): Promise<NodeConfiguration> {
    const { folder, program, ledger } = found;
    const { config, env, log } = this.is;
    // One that was cut short has left its file there.
    const trials = await emptyPrivateFolder(path.join(folder, 'trials'));
    const trial = new TrialStart(
      { file: program.file, env: trialEnvironment(env), ledger },
      trials,
    );
    const tryOut = (settings: Settings, paths: Paths) =>
      trial.run(trialFile(settings, paths, program.version));
    const base = await loadBase({
      file: config.NODE_BASE_FILE,
      folder,
      tryOut: (settings) => tryOut(settings, new Map()),
      log,
    });
    const store = new WantedStore(folder, wantedSetSchema(config.PATH_PREFIX));
    const files = await BootFiles.in(folder);
    const selector = new PathSelector(async (paths) => (await tryOut(base, paths)).verdict);
    const configuration = new NodeConfiguration({
      base,
      store,
      selector,
      files,
      watched: this.watched,
    });
    await this.restore(configuration, store);
    this.supervisor = new Supervisor({
      program: { file: program.file, env: childEnvironment(env), ledger },
      files,
      parts: {
        watched: this.watched,
        pokes: this.pokes,
        forwarder: new LogForwarder((level, text) => log[level]({ from: 'mediamtx' }, text)),
      },
      log,
      distrust: () => configuration.tryAgain(),
    });
    return configuration;
  }

  private async restore(configuration: NodeConfiguration, store: WantedStore): Promise<void> {
    const { wanted, broken } = await store.load();
    const { log } = this.is;
    if (broken.length > 0) {
      const instead = wanted === null ? 'nothing is wanted yet' : 'the one before it is used';
      log.warn({ broken }, `what Vigia wanted last cannot be read: ${instead}`);
    }
    await configuration.restore(wanted);
    const paths = Object.keys(wanted?.paths ?? {}).length;
    log.info({ revision: configuration.revision, paths }, 'what is wanted here');
    this.warnOf(configuration);
  }

  private warnOf({ leftOut }: NodeConfiguration): void {
    if (leftOut.length === 0) return;
    this.is.log.warn({ leftOut: leftOut.slice(0, 10), count: leftOut.length }, 'left out');
  }

  private async listen(configuration: NodeConfiguration, program: FoundProgram): Promise<void> {
    const { config, log } = this.is;
    const { NODE_AGENT_HOST: host, NODE_AGENT_PORT: port } = config;
    this.server = agentServer({
      token: config.NODE_AGENT_TOKEN,
      schema: wantedRequestSchema(config.PATH_PREFIX),
      put: async (wanted) => {
        const before = configuration.revision;
        const accepted = await configuration.put(wanted);
        if (before !== accepted.revision) this.warnOf(configuration);
        return accepted;
      },
      isBusy: () => configuration.isBusy,
      report: () => ({
        version: this.supervisor?.version ?? program.version,
        child: this.supervisor?.report(),
        wantedRevision: configuration.revision,
        bootRevision: this.supervisor?.bootRevision ?? null,
        leftOut: configuration.leftOut,
        errors: this.watched.errors(),
      }),
      pokes: this.pokes,
      log,
    });
    try {
      await this.server.listen({ host, port });
    } catch (error) {
      throw new StartupFailure(
        `NODE_AGENT_PORT: ${host}:${port} cannot be had (${messageOf(error)})`,
      );
    }
    log.info({ addresses: this.server.addresses() }, 'the agent listens');
  }
}
