/**
 * Callers who start and stop streams, one call after another, each with a camera of its own, and remember
 * what they were promised: a 201 is a stream that runs until somebody stops it, a 200 is one that is
 * stopped for good.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { type StreamBody } from '#streaming/http/stream.schema.js';

import { secretSource } from '../api/api-client.js';
import { type LoadBalancer } from './load-balancer.js';

/**
 * Too low: they take the processors from the replicas that start meanwhile, and prove no more. Too
 * high: none of them calls while a replica leaves.
 */
const BETWEEN_CALLS_MS = 100;

export class Callers {
  /** What each stream was promised to be, by its id. */
  readonly promised = new Map<string, StreamBody['desired']>();
  /** Whatever was no promise: another status, or a connection that broke. Its caller gives up. */
  readonly surprises: string[] = [];
  private isOver = false;
  private readonly done: Promise<unknown>;

  constructor(
    private readonly balancer: LoadBalancer,
    cameras: readonly string[],
  ) {
    this.done = Promise.all(
      cameras.map((cameraId) =>
        this.call(cameraId).catch((surprise: unknown) => {
          this.surprises.push(String(surprise));
        }),
      ),
    );
  }

  /** Resolves when every caller has had its last answer; half of them leave their stream running. */
  async finish(): Promise<void> {
    this.isOver = true;
    await this.done;
  }

  private async call(cameraId: string): Promise<void> {
    while (!this.isOver) {
      const source = secretSource('127.0.0.1:9/live');
      const id = await this.ask(201, '/api/streams/start', { cameraId, source });
      this.promised.set(id, 'RUNNING');
      if (this.mustLeave()) return;
      await this.ask(200, `/api/streams/${id}/stop`);
      this.promised.set(id, 'STOPPED');
    }
  }

  private mustLeave(): boolean {
    return this.isOver && this.promised.size % 2 === 0;
  }

  /** @returns the id of the stream that was answered */
  private async ask(expected: number, url: string, body?: object): Promise<string> {
    await delay(BETWEEN_CALLS_MS);
    const { status, text } = await this.balancer.send('POST', url, body);
    if (status !== expected) throw new Error(`POST ${url} was answered with ${status}: ${text}`);
    return (JSON.parse(text) as StreamBody).id;
  }
}
