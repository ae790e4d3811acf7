/** The built node agent as a process, with a folder and ports of its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

import { type ProcessRow, descendantsOf, readAllProcesses } from '#supervision/process-table.js';

import { CANARY } from '../canary/canary.mjs';
import { keepSaid } from '../canary/keep-said.js';
import { ChildProcess } from '../child-process.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ControlApi, type Json } from '../mediamtx/control-api.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const MAIN = path.join(ROOT, 'dist/apps/node-agent/main.js');
export const FAKE_MEDIA_MTX = path.join(ROOT, 'test/support/fake-media-mtx.mjs');
const TOKEN = 'a-token-of-the-tests';
const SLOW = { timeoutMs: 15_000 };

export interface Report {
  readonly version: string;
  readonly child: {
    readonly pid: number | null;
    readonly startedAt: string | null;
    readonly restarts: number;
    readonly lastExit: { code: number | null; signal: string | null; at: string } | null;
  };
  readonly wantedRevision: string | null;
  readonly bootRevision: string | null;
  readonly leftOut: readonly { path: string; problem: string }[];
  readonly errors: Readonly<
    Record<string, { code: string; at: string; count: number; ageMs: number; isOver: boolean }>
  >;
}

export interface Answer {
  readonly status: number;
  readonly json: Json;
}

/** What the sources of the tests are made of: nobody serves them, and each holds the canary. */
export const deadPath = (name: string, host = '127.0.0.1:9'): Json => ({
  source: `rtsp://user:${CANARY}@${host}/${name}`,
  sourceOnDemand: false,
  rtspTransport: 'tcp',
});

export const deadPaths = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`cam/${i}`, deadPath(`${i}`)]));

/** What outlives an agent: its folder, the files of the operator, and the ports. */
export class NodeSite {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'vigia-node-'));
  readonly baseFile = path.join(this.folder, 'base.yml');
  readonly agentDir = path.join(this.folder, 'agent');
  readonly api: ControlApi;
  private readonly agents: NodeAgentProcess[] = [];
  private revisions = 0;

  private constructor(
    readonly program: string,
    private readonly ports: { api: number; rtsp: number; agent: number },
  ) {
    this.api = new ControlApi(() => this.apiUrl);
    this.writeBase();
  }

  /** Of the control API of its MediaMTX. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  static async make(program: string): Promise<NodeSite> {
    const ports = { api: await freePort(), rtsp: await freePort(), agent: await freePort() };
    return new NodeSite(program, ports);
  }

  /** What Vigia is to know of it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      NODE_AGENT_URL: `http://127.0.0.1:${this.ports.agent}`,
      NODE_AGENT_TOKEN: TOKEN,
      MEDIAMTX_RTSP_URL: `rtsp://127.0.0.1:${this.ports.rtsp}`,
    };
  }

  writeBase(more: Json = {}): void {
    const off = { rtmp: false, hls: false, webrtc: false, srt: false, moq: false };
    const settings = {
      logLevel: 'warn',
      api: true,
      apiAddress: `127.0.0.1:${this.ports.api}`,
      rtspAddress: `127.0.0.1:${this.ports.rtsp}`,
      rtspTransports: ['tcp'],
      ...off,
      pathDefaults: { recordDeleteAfter: '0s' },
    };
    writeFileSync(this.baseFile, stringify({ ...settings, ...more }));
  }

  /** What the stand-in should do from its next start on. */
  direct(directives: Json): void {
    writeFileSync(this.directives, JSON.stringify(directives));
  }

  /** One for each start of the stand-in that was no trial. */
  starts(): { pid: number; env: string[]; paths: number }[] {
    const file = `${this.directives}.starts`;
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as ReturnType<NodeSite['starts']>[number]);
  }

  /** What the agent has on its disk. */
  wanted(): { revision: string; paths: Json } {
    const text = readFileSync(path.join(this.agentDir, 'wanted.json'), 'utf8');
    return JSON.parse(text) as { revision: string; paths: Json };
  }

  async start(env: NodeJS.ProcessEnv = {}): Promise<NodeAgentProcess> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
    const process = await ChildProcess.start('node', [MAIN], {
      cwd: this.folder,
      env: {
        NODE_AGENT_TOKEN: TOKEN,
        NODE_AGENT_PORT: String(this.ports.agent),
        NODE_AGENT_DIR: this.agentDir,
        NODE_BASE_FILE: this.baseFile,
        MEDIAMTX_BIN: this.program,
        FAKE_MEDIAMTX: this.directives,
        ...env,
      },
    });
    const agent = new NodeAgentProcess(process, `http://127.0.0.1:${this.ports.agent}`);
    this.agents.push(agent);
    return agent;
  }

  async up(env: NodeJS.ProcessEnv = {}): Promise<NodeAgentProcess> {
    const agent = await this.start(env);
    await eventually(async () => {
      if (!agent.process.isRunning) throw new Error(`the agent has ended: ${agent.output}`);
      await this.listed();
    }, SLOW);
    return agent;
  }

  /** The one that runs; a new one where none does. */
  async running(env: NodeJS.ProcessEnv = {}): Promise<NodeAgentProcess> {
    const last = this.agents.at(-1);
    return last?.process.isRunning === true ? last : this.up(env);
  }

  /** One that no set has had before. */
  newRevision(): string {
    this.revisions += 1;
    return `r${this.revisions}`;
  }

  /** Whatever runs on a file of its folder. */
  processes(): ProcessRow[] {
    return readAllProcesses().filter(
      ({ command, isZombie }) => !isZombie && command.includes(this.folder),
    );
  }

  /** How many paths MediaMTX serves. */
  async listed(): Promise<number> {
    return (await this.api.get('/v3/paths/list?itemsPerPage=100000')).json['itemCount'] as number;
  }

  /** Ends all; nothing of them may be left, and none may have told a password. */
  async end(): Promise<void> {
    for (const agent of this.agents) await agent.process.stop();
    const said = this.agents.map(({ output, answers }) => output + answers.join('')).join('');
    await eventually(() => {
      const left = this.processes().map(({ command }) => command);
      if (left.length > 0) throw new Error(`still there: ${left.join('; ')}`);
    }, SLOW);
    rmSync(this.folder, { recursive: true, force: true });
    if (said.includes(CANARY)) throw new Error('an agent has told a password');
  }

  private get directives(): string {
    return path.join(this.folder, 'directives.json');
  }
}

export class NodeAgentProcess {
  /** To whoever has asked. */
  readonly answers: string[] = [];

  constructor(
    readonly process: ChildProcess,
    private readonly url: string,
  ) {}

  get output(): string {
    return this.process.output;
  }

  async call(method: string, path: string, body?: Json): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    this.answers.push(text);
    keepSaid('answers', text);
    return { status: response.status, json: JSON.parse(text) as Json };
  }

  put(revision: string, paths: Json): Promise<Answer> {
    return this.call('PUT', '/v1/wanted', { prefix: 'cam', revision, paths });
  }

  async report(): Promise<Report> {
    return (await this.call('GET', '/v1/report')).json as unknown as Report;
  }

  async pokes(after?: number, waitMs = 0): Promise<{ seq: number; pokes: Json[] }> {
    const query = after === undefined ? '' : `?after=${after}&waitMs=${waitMs}`;
    const { json } = await this.call('GET', `/v1/pokes${query}`);
    return json as unknown as { seq: number; pokes: Json[] };
  }

  /** The MediaMTX that serves. */
  async childPid(): Promise<number> {
    const { pid } = (await this.report()).child;
    if (pid === null) throw new Error(`there is no MediaMTX: ${this.output}`);
    return pid;
  }

  /** The one that ends MediaMTX when the agent is killed. */
  guard(): ProcessRow {
    const rows = descendantsOf(this.process.pid, readAllProcesses());
    const guard = rows.find(({ command }) => /vigia-guard|guard-main/.test(command));
    if (guard === undefined) throw new Error('there is no guard');
    return guard;
  }
}
