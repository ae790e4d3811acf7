/**
 * The configuration of one process: global settings, path defaults, and the paths as they were
 * given. Every write works on a draft and validates *all* paths.
 *
 * A draft shares the bodies of its paths with the configuration that it comes from, and a patch
 * changes such a body in place. That is the fault of the real server which its users meet as
 * poisoning: a patch that validation refuses has already changed what every later write validates.
 */
import { GLOBAL_DEFAULTS } from './global-defaults.js';
import {
  BUILT_IN_DEFAULTS,
  type ConfiguredPath,
  type PathBody,
  effectivePath,
} from './path-body.js';
import { assertOneCatchAll } from './path-name.js';
import { Refusal, invalid, notFound } from './refusal.js';
import { validatePath } from './validate-path.js';

type Verdict = ConfiguredPath | Refusal;

interface Parts {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly defaults: PathBody;
  readonly given: Map<string, PathBody>;
  /** Verdicts by body, so that a write costs one look per path; void once the defaults change. */
  readonly verdicts: WeakMap<PathBody, Verdict>;
}

export interface FileContent {
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly pathDefaults?: PathBody;
  readonly paths: Readonly<Record<string, PathBody>>;
}

export class Configuration {
  private constructor(private readonly parts: Parts) {}

  static fromFile(file: FileContent): Configuration {
    return new Configuration({
      globals: { ...GLOBAL_DEFAULTS, ...file.globals },
      defaults: { ...BUILT_IN_DEFAULTS, ...file.pathDefaults },
      given: new Map(Object.entries(file.paths).map(([name, body]) => [name, { ...body }])),
      verdicts: new WeakMap(),
    });
  }

  get globals(): Readonly<Record<string, unknown>> {
    return this.parts.globals;
  }

  get defaults(): PathBody {
    return this.parts.defaults;
  }

  get size(): number {
    return this.parts.given.size;
  }

  has(name: string): boolean {
    return this.parts.given.has(name);
  }

  /** A copy that shares nothing, for a write that must leave no trace. */
  detached(): Configuration {
    const given = [...this.parts.given].map(([name, body]): [string, PathBody] => [
      name,
      { ...body },
    ]);
    return new Configuration({ ...this.parts, given: new Map(given), verdicts: new WeakMap() });
  }

  withAdded(name: string, body: PathBody): Configuration {
    if (this.has(name)) throw invalid('path already exists');
    return this.withReplaced(name, body);
  }

  withReplaced(name: string, body: PathBody): Configuration {
    return this.draft((given) => given.set(name, body));
  }

  withRemoved(name: string): Configuration {
    if (!this.has(name)) throw notFound('path not found');
    return this.draft((given) => given.delete(name));
  }

  /** Changes the body that this configuration holds too: see the head of this file. */
  withPatched(name: string, patch: PathBody): Configuration {
    const body = this.parts.given.get(name);
    if (body === undefined) throw notFound('path not found');
    Object.assign(body, patch);
    this.parts.verdicts.delete(body);
    return this.draft(() => undefined);
  }

  withDefaults(patch: PathBody): Configuration {
    return new Configuration({
      ...this.parts,
      defaults: { ...this.parts.defaults, ...patch },
      given: new Map(this.parts.given),
      verdicts: new WeakMap(),
    });
  }

  withGlobals(patch: Readonly<Record<string, unknown>>): Configuration {
    return new Configuration({ ...this.parts, globals: { ...this.parts.globals, ...patch } });
  }

  /** All paths with their defaults merged in, or the refusal of the first bad one by name. */
  validated(): ReadonlyMap<string, ConfiguredPath> {
    assertOneCatchAll(this.parts.given.keys());
    const paths = new Map<string, ConfiguredPath>();
    const refusals: [name: string, refusal: Refusal][] = [];
    for (const [name, body] of this.parts.given) {
      const verdict = this.verdict(name, body);
      if (verdict instanceof Refusal) refusals.push([name, verdict]);
      else paths.set(name, verdict);
    }
    const [first] = refusals.sort(([a], [b]) => (a < b ? -1 : 1));
    if (first !== undefined) throw first[1];
    return paths;
  }

  private verdict(name: string, body: PathBody): Verdict {
    const known = this.parts.verdicts.get(body);
    if (known !== undefined) return known;
    const verdict = judge(effectivePath(this.parts.defaults, body, name));
    this.parts.verdicts.set(body, verdict);
    return verdict;
  }

  private draft(change: (given: Map<string, PathBody>) => unknown): Configuration {
    const given = new Map(this.parts.given);
    change(given);
    return new Configuration({ ...this.parts, given });
  }
}

function judge(values: Parameters<typeof validatePath>[0]): Verdict {
  try {
    return validatePath(values);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal;
    throw refusal;
  }
}
