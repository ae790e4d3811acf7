/** What arrived at a node since some moment: how much a heal cost it, and how many ticks it took. */

export interface NodeRequest {
  readonly method: string;
  readonly path: string;
}

export interface JournaledNode {
  readonly url: string;
  /** All that ever arrived, oldest first. */
  readonly requests: readonly NodeRequest[];
}

/** As the API asks it; a test that looks for itself must ask in other words. */
const LOOK = '/v3/paths/list?itemsPerPage=100000';
const WRITE = /^\/v3\/config\/paths\/(?<verb>replace|delete|add|patch)\/(?<name>.+)$/;

/** Who holds it tells causes apart: each has a mark of its own. */
export type Mark = number;

export class NodeJournal {
  constructor(private readonly node: JournaledNode) {}

  mark(): Mark {
    return this.node.requests.length;
  }

  /** `replace cam/one`, in the order of their arrival, whatever became of them. */
  writesSince(mark: Mark): string[] {
    return this.since(mark).flatMap((request) => writeOf(request));
  }

  looksSince(mark: Mark): number {
    return this.since(mark).filter(isLook).length;
  }

  /** How many looks had begun when the last write arrived: the tick that mended what was wrong. */
  ticksUntilLastWrite(mark: Mark): number {
    const requests = this.since(mark);
    const last = requests.findLastIndex((request) => writeOf(request).length > 0);
    return requests.slice(0, last + 1).filter(isLook).length;
  }

  private since(mark: Mark): readonly NodeRequest[] {
    return this.node.requests.slice(mark);
  }
}

function isLook({ path }: NodeRequest): boolean {
  return path === LOOK;
}

function writeOf({ path }: NodeRequest): string[] {
  const { verb, name } = WRITE.exec(path)?.groups ?? {};
  return verb === undefined || name === undefined ? [] : [`${verb} ${name}`];
}
