import { type ConfiguredPath } from './path-body.js';
import { HOT_FIELDS } from './path-fields.js';
import { RuntimePath } from './runtime-path.js';
import { type SourceWorld } from './source-behaviour.js';
import { type Timings } from './timings.js';

type Configured = ReadonlyMap<string, ConfiguredPath>;

const CATCH_ALL: readonly string[] = ['all', 'all_others'];

/** The living paths of one process, and what a new configuration does to them. */
export class RuntimePaths {
  private readonly paths = new Map<string, RuntimePath>();
  private confs: Configured = new Map();

  constructor(
    private readonly world: SourceWorld,
    private readonly timings: Timings,
  ) {}

  get(name: string): RuntimePath | undefined {
    return this.paths.get(name);
  }

  all(): RuntimePath[] {
    return [...this.paths.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A path served by a pattern exists only once somebody asks for it. */
  open(name: string, at: number): void {
    const conf = this.confOf(this.confs, name);
    if (conf === null) throw new Error(`path '${name}' is not configured`);
    if (!this.paths.has(name)) this.create(name, conf, at);
  }

  /** Equal paths are left alone, hot fields change in place, anything else starts afresh. */
  reload(confs: Configured, at: number): void {
    for (const [name, path] of this.paths) {
      const conf = this.confOf(confs, name);
      if (conf !== null && canStay(path.conf, conf)) path.conf = conf;
      else this.paths.delete(name);
    }
    this.confs = confs;
    for (const [name, conf] of confs) {
      if (conf.pattern === null && !this.paths.has(name)) this.create(name, conf, at);
    }
  }

  /** Cameras changed their ways. */
  refresh(at: number): void {
    for (const path of this.paths.values()) {
      path.behave(this.world.behaviourOf(path.conf.values.source), at);
    }
  }

  private create(name: string, conf: ConfiguredPath, at: number): void {
    const behaviour = this.world.behaviourOf(conf.values.source);
    this.paths.set(name, new RuntimePath(name, conf, behaviour, this.timings, at));
  }

  private confOf(confs: Configured, name: string): ConfiguredPath | null {
    const own = confs.get(name);
    if (own !== undefined) return own;
    const patterns = [...confs.values()].filter((conf) => conf.pattern?.test(name) === true);
    patterns.sort(byPrecedence);
    return patterns[0] ?? null;
  }
}

/** By name, with the catch-alls last. */
function byPrecedence(a: ConfiguredPath, b: ConfiguredPath): number {
  const rank = Number(CATCH_ALL.includes(a.name)) - Number(CATCH_ALL.includes(b.name));
  return rank === 0 ? Number(a.name > b.name) - Number(a.name < b.name) : rank;
}

function canStay(before: ConfiguredPath, after: ConfiguredPath): boolean {
  if (before === after) return true;
  const fields = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
  return [...fields].every(
    (field) => HOT_FIELDS.has(field) || isSame(before.values[field], after.values[field]),
  );
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
