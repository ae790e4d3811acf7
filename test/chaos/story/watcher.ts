/** Reads the streams through each replica, as a caller would, and keeps what was claimed when. */
import { setTimeout as delay } from 'node:timers/promises';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiClient } from '#test/support/api/api-client.js';

import { type Span } from './witness.js';

const EVERY_MS = 500;
const PATIENCE_MS = 1_500;
/** A claim that was not read again for so long is none any more. */
const MAX_GAP_MS = 4_000;

interface Claim {
  readonly path: string;
  from: number;
  to: number;
}

export class Watcher {
  /** Times during which a replica said RUNNING and did not say that it cannot know. */
  readonly claims: Claim[] = [];
  private readonly open = new Map<string, Claim>();
  private readonly ending = new AbortController();
  private readonly done: Promise<unknown>;

  constructor(
    clients: readonly ApiClient[],
    private readonly tag: string,
  ) {
    this.done = Promise.all(clients.map((client) => this.run(client)));
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  claimsOf(path: string): readonly Span[] {
    return this.claims.filter((claim) => claim.path === path);
  }

  private async run(client: ApiClient): Promise<void> {
    while (!this.ending.signal.aborted) {
      await this.sample(client).catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async sample(client: ApiClient): Promise<void> {
    const answer = await client.send<{ items: StreamBody[] }>('GET', '/api/streams?limit=100', {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status !== 200) return;
    const now = Date.now();
    for (const stream of answer.body.items) {
      if (stream.cameraId.startsWith(`${this.tag}-`) && !stream.onDemand) {
        this.note(`${client.baseUrl} ${stream.id}`, stream, now);
      }
    }
  }

  private note(key: string, { path, status, health }: StreamBody, now: number): void {
    const open = this.open.get(key);
    if (status !== 'RUNNING' || health === 'UNKNOWN') {
      this.open.delete(key);
    } else if (open !== undefined && now - open.to < MAX_GAP_MS) {
      open.to = now;
    } else {
      const claim = { path, from: now, to: now };
      this.claims.push(claim);
      this.open.set(key, claim);
    }
  }
}
