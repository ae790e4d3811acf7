/**
 * One API process, with ways of its own to the node and to the database: so it can be told who wrote
 * what to the node, and what one process waits for can be held back without harming the others.
 */
import { expect } from '@jest/globals';

import { ApiProcess } from '../api/api-process.js';
import { eventually } from '../eventually.js';
import { Proxy } from '../proxy.js';

export interface ReplicaOptions {
  readonly databaseUrl: string;
  readonly mediaMtxUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

const PATIENT = { timeoutMs: 30_000 };

interface NodeCall {
  readonly method: string;
  readonly url: string;
}

const CALL = /^(GET|POST|DELETE) (\/v3\/\S*) HTTP/;
const LOOK = '/v3/paths/list';
const WRITE = /^\/v3\/config\/paths\/(?:replace|delete)\/(.+)$/;

export class Replica {
  private calls: NodeCall[] = [];

  private constructor(
    readonly api: ApiProcess,
    readonly toNode: Proxy,
    readonly toDatabase: Proxy,
  ) {
    toNode.observe((piece) => {
      const [, method, url] = CALL.exec(piece.toString()) ?? [];
      if (method !== undefined && url !== undefined) this.calls.push({ method, url });
    });
  }

  static async start({ databaseUrl, mediaMtxUrl, env }: ReplicaOptions): Promise<Replica> {
    const [toNode, toDatabase] = await Promise.all(
      [mediaMtxUrl, databaseUrl].map((url) => Proxy.start(Number(new URL(url).port))),
    );
    const api = await ApiProcess.start({
      databaseUrl: toDatabase!.through(databaseUrl),
      mediaMtxUrl: toNode!.through(mediaMtxUrl),
      env,
    });
    return new Replica(api, toNode!, toDatabase!);
  }

  /** Looks at the whole node that it has begun so far. */
  get looks(): number {
    return this.calls.filter(({ url }) => url.startsWith(LOOK)).length;
  }

  /** The path of each write that it has sent to the node so far. */
  get writes(): string[] {
    return this.calls.flatMap(({ url }) => WRITE.exec(url)?.[1] ?? []);
  }

  /** Resolves when it has begun `more` further looks at the whole node. */
  async lookedAgain(more: number): Promise<void> {
    const enough = this.looks + more;
    await eventually(() => expect(this.looks).toBeGreaterThanOrEqual(enough), PATIENT);
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await Promise.all([this.toNode.stop(), this.toDatabase.stop()]);
  }
}
