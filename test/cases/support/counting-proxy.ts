/**
 * Stands between the API and a node and counts, since the real server keeps no journal: every write
 * of its configuration, and how many listings were ever under way at once. It can also answer in the
 * node's place.
 *
 * Each connection of the API has one of its own to the node, and each end of one is the end of the
 * other: what a caller can see of a node's death is not hidden.
 */
import { once } from 'node:events';
import {
  Agent,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

export interface Call {
  readonly method: string;
  readonly url: string;
}

/** What is said instead of passing the call on; null: it is passed on. */
export type Injected = (call: Call) => { readonly status: number; readonly error: string } | null;

const passOn: Injected = () => null;

export class CountingProxy {
  /** Calls that change the configuration of the node, in the order in which they arrived. */
  readonly writes: Call[] = [];
  mostListingsAtOnce = 0;
  private listings = 0;
  private answeredListings: (() => void)[] = [];
  private injected = passOn;
  private readonly agents = new WeakMap<Socket, Agent>();
  private readonly watched = new WeakSet<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (socket: Socket) => {
      this.pair(socket);
    });
    server.on('request', (incoming, outgoing) => {
      this.handle(incoming, outgoing);
    });
  }

  static async start(target: string): Promise<CountingProxy> {
    // Whoever closes an idle connection first must be the node, as without a proxy.
    const server = createServer({ keepAliveTimeout: 0 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CountingProxy(server, new URL(target));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  inject(injected: Injected): void {
    this.injected = injected;
  }

  heal(): void {
    this.injected = passOn;
  }

  /** Resolves when the next listing has been answered: what happens then is noticed latest. */
  afterAListing(): Promise<void> {
    return new Promise((resolve) => this.answeredListings.push(resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private pair(socket: Socket): void {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agent.on('free', (own: Socket) => {
      if (this.watched.has(own)) return;
      this.watched.add(own);
      own.once('close', () => socket.destroy());
    });
    socket.once('close', () => {
      agent.destroy();
    });
    socket.on('error', () => undefined);
    this.agents.set(socket, agent);
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const call = { method: incoming.method ?? '', url: incoming.url ?? '' };
    this.count(call, outgoing);
    const answer = this.injected(call);
    if (answer === null) {
      this.pass(incoming, outgoing);
    } else {
      incoming.resume();
      outgoing.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
      outgoing.end(JSON.stringify({ status: 'error', error: answer.error }));
    }
  }

  private count(call: Call, outgoing: ServerResponse): void {
    if (call.method !== 'GET' && call.url.startsWith('/v3/config/')) {
      this.writes.push(call);
    }
    if (call.url.startsWith('/v3/paths/list')) {
      this.listings += 1;
      this.mostListingsAtOnce = Math.max(this.mostListingsAtOnce, this.listings);
      outgoing.once('close', () => {
        this.listings -= 1;
        this.answeredListings.splice(0).forEach((resolve) => resolve());
      });
    }
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const onward = request({ ...this.towardsNode(incoming), agent: this.agentOf(incoming) });
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    onward.once('error', () => incoming.socket.destroy());
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) onward.destroy();
    });
    incoming.pipe(onward);
  }

  private towardsNode({ method, url, headers }: IncomingMessage): RequestOptions {
    const { hostname, port, host } = this.target;
    return { hostname, port, method, path: url, headers: { ...headers, host } };
  }

  private agentOf({ socket }: IncomingMessage): Agent | undefined {
    return this.agents.get(socket);
  }
}
