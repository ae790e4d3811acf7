import { type JudgedPaths, type LeftOut, definitionOf } from '../wanted/wanted-set.js';
import { type Paths } from './boot-file.js';
import { type Verdict, siftPaths } from './refused-paths.js';

const REFUSED = 'MediaMTX refuses its configuration';
const UNTRIED = 'not tried: MediaMTX refuses too many others';

/**
 * Leaves out what MediaMTX refuses, so that one bad row never keeps a node down. A path is tried
 * once per definition: no path makes another one bad.
 */
export class PathSelector {
  /** Definitions by path. */
  private accepted = new Map<string, string>();
  private bad = new Map<string, { definition: string; problem: string }>();

  constructor(private readonly tryOut: (paths: Paths) => Promise<Verdict>) {}

  async select({ usable, leftOut }: JudgedPaths): Promise<JudgedPaths> {
    const isNew = ([path, body]: [string, Parameters<typeof definitionOf>[0]]): boolean =>
      ![this.accepted.get(path), this.bad.get(path)?.definition].includes(definitionOf(body));
    await this.sift(new Map([...usable].filter(isNew)));
    this.forgetOthers(usable);
    const refused: LeftOut[] = [...this.bad].map(([path, { problem }]) => ({ path, problem }));
    return {
      usable: new Map([...usable].filter(([path]) => !this.bad.has(path))),
      leftOut: [...leftOut, ...refused],
    };
  }

  /** For when a start has failed all the same: everything is tried again. */
  distrust(): void {
    this.accepted.clear();
    this.bad.clear();
  }

  private async sift(paths: Paths): Promise<void> {
    const { refused, untried, isCertain } = await siftPaths(paths, this.tryOut);
    for (const [path, body] of paths) {
      const definition = definitionOf(body);
      this.bad.delete(path);
      if (refused.includes(path)) this.bad.set(path, { definition, problem: REFUSED });
      else if (untried.includes(path)) this.bad.set(path, { definition, problem: UNTRIED });
      else if (isCertain) this.accepted.set(path, definition);
    }
  }

  private forgetOthers(usable: Paths): void {
    for (const path of this.accepted.keys()) if (!usable.has(path)) this.accepted.delete(path);
    for (const path of this.bad.keys()) if (!usable.has(path)) this.bad.delete(path);
  }
}
