/** Every write of configuration that the replicas have sent, whatever became of it. */
export interface ConfigWrite {
  readonly at: number;
  readonly method: string;
  readonly target: string;
  /** Which of them sent it. */
  readonly replica: number;
}

const REQUEST = /^(POST|PUT|PATCH|DELETE) (\/v3\/config\/[^ ?]*)/;
/** To the agent. */
export const SETS = /^(PUT) (\/v1\/wanted)/;

export class ConfigWrites {
  private readonly all: ConfigWrite[] = [];

  constructor(private readonly pattern = REQUEST) {}

  /** @param piece of the requests of a connection; each request begins one */
  saw(replica: number, piece: Buffer): void {
    const [, method, target] = this.pattern.exec(piece.toString('latin1', 0, 300)) ?? [];
    if (method !== undefined && target !== undefined) {
      this.all.push({ at: Date.now(), method, target, replica });
    }
  }

  get count(): number {
    return this.all.length;
  }

  since(count: number): readonly ConfigWrite[] {
    return this.all.slice(count);
  }
}
