/**
 * The way to a server, on which single requests can be held back and arrive later all the same, also
 * when their caller has given them up meanwhile: what the network has taken nobody can call back.
 */
import { once } from 'node:events';
import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Send = () => Promise<number>;

export class DetainingProxy {
  private method: string | null = null;
  private held: Send[] = [];

  private constructor(
    private readonly listener: Server,
    private readonly target: string,
  ) {
    listener.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      void this.carry(incoming, outgoing);
    });
  }

  static async start(target: string): Promise<DetainingProxy> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new DetainingProxy(listener, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** How many requests are on their way and have not arrived. */
  get detained(): number {
    return this.held.length;
  }

  /** From now on requests with this method do not arrive. */
  detain(method: string): void {
    this.method = method;
  }

  /** They arrive now, in their order. @returns what the server answered to each */
  async release(): Promise<number[]> {
    this.method = null;
    const statuses = [];
    for (const send of this.held.splice(0)) {
      statuses.push(await send());
    }
    return statuses;
  }

  async stop(): Promise<void> {
    this.listener.close();
    this.listener.closeAllConnections();
    await once(this.listener, 'close');
  }

  private async carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const send = (): Promise<number> => this.forward(incoming, body, outgoing);
    if (incoming.method === this.method) {
      this.held.push(send);
    } else {
      await send().catch(() => outgoing.destroy());
    }
  }

  private async forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<number> {
    const call = request(new URL(url ?? '/', this.target), {
      method,
      headers: { ...headers, connection: 'close' },
      agent: false,
    });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    const text = await buffer(answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
    return answer.statusCode ?? 0;
  }
}
