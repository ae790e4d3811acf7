/**
 * What stands before replicas: takes turns among those that say they are ready, keeps connections
 * open, and sends a request elsewhere only when the connection was refused, since then alone it is
 * certain that nobody has begun with it. Everything else that goes wrong is the caller's to see.
 */
import { Agent, type IncomingMessage, request } from 'node:http';

import { eventually } from '../eventually.js';

export interface Answered {
  readonly status: number;
  readonly text: string;
}

interface Backend {
  readonly port: number;
  readonly agent: Agent;
  isReady: boolean;
}

/** As often as a busy balancer asks; a replica that leaves is found out later than it leaves. */
const PROBE_MS = 200;
const PATIENCE = { timeoutMs: 20_000, everyMs: 20 };

export class LoadBalancer {
  private turn = 0;
  private readonly backends: Backend[];
  private readonly probing: NodeJS.Timeout;

  constructor(ports: readonly number[]) {
    this.backends = ports.map((port) => ({
      port,
      agent: new Agent({ keepAlive: true }),
      isReady: true,
    }));
    this.probing = setInterval(() => {
      this.backends.forEach((backend) => void probe(backend));
    }, PROBE_MS);
  }

  /** @throws when a connection breaks under the request */
  async send(method: string, path: string, body?: object): Promise<Answered> {
    for (;;) {
      const backend = await eventually(() => this.next(), PATIENCE);
      try {
        return await exchange(backend, method, path, body);
      } catch (err) {
        if ((err as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw err;
        backend.isReady = false;
      }
    }
  }

  stop(): void {
    clearInterval(this.probing);
    this.backends.forEach(({ agent }) => {
      agent.destroy();
    });
  }

  private next(): Backend {
    const ready = this.backends.filter(({ isReady }) => isReady);
    const backend = ready[this.turn % ready.length];
    this.turn += 1;
    if (backend === undefined) throw new Error('no replica is ready');
    return backend;
  }
}

async function probe(backend: Backend): Promise<void> {
  const answer = await exchange(backend, 'GET', '/health/ready').catch(() => null);
  backend.isReady = answer?.status === 200;
}

async function exchange(
  { port, agent }: Backend,
  method: string,
  path: string,
  body?: object,
): Promise<Answered> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    request({ host: '127.0.0.1', port, agent, method, path, headers })
      .once('response', resolve)
      .once('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() };
}
