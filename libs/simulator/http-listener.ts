/** A port that can be killed like a process: refused at once, every open connection destroyed. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** As on the real server: a client pool must give idle connections up before this. */
const IDLE_TIMEOUT_MS = 30_000;

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export class HttpListener {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly host: string,
    private wantedPort: number,
    private readonly listener: RequestListener,
  ) {}

  get port(): number {
    return this.wantedPort;
  }

  async open(): Promise<void> {
    if (this.server !== null) return;
    const server = createServer({ keepAliveTimeout: IDLE_TIMEOUT_MS }, this.listener);
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.wantedPort, this.host, resolve);
    });
    this.wantedPort = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }
}
