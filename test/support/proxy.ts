/**
 * A TCP proxy that can be told what is wrong with the way to a server: nobody listens, connections
 * break, or bytes vanish while everything looks open. What was swallowed is delivered when the way
 * is good again, as after a pause of the machine on the other side.
 */
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isSilent: boolean;
}

export class Proxy {
  private readonly links = new Set<Link>();
  private isBlackHole = false;
  private dropsAnswers = false;

  private constructor(
    private readonly listener: Server,
    private readonly target: { host: string; port: number },
  ) {
    listener.on('connection', (client) => {
      this.join(client);
    });
  }

  /**
   * @param target the port that it leads to, on the loopback interface
   * @param port its own; a free one by default
   */
  static async start(target: number, port = 0): Promise<Proxy> {
    const listener = createServer();
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return new Proxy(listener, { host: '127.0.0.1', port: target });
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** The same URL, on the way through here. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.port = String(this.port);
    return proxied.href;
  }

  get openLinks(): number {
    return this.links.size;
  }

  /** Connections stay open, new ones are accepted, and not a byte arrives on either side. */
  blackHole(): void {
    this.isBlackHole = true;
    this.each(pause);
  }

  /** Requests arrive, answers do not: the caller cannot know what became of them. */
  swallowAnswers(): void {
    this.dropsAnswers = true;
    this.each(({ server }) => server.pause());
  }

  /** Connections that are open now stay silent for ever; new ones are good. */
  silenceLinks(): void {
    this.each((link) => {
      pause(link);
      link.isSilent = true;
    });
  }

  heal(): void {
    this.isBlackHole = false;
    this.dropsAnswers = false;
    this.each(({ client, server, isSilent }) => {
      if (isSilent) return;
      client.resume();
      server.resume();
    });
  }

  /** Resets every connection; new ones are welcome. */
  cut(): void {
    this.each(({ client, server }) => {
      client.resetAndDestroy();
      server.destroy();
    });
  }

  async stop(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    const link = { client, server: connect(this.target), isSilent: false };
    this.links.add(link);
    carry(link.client, link.server);
    carry(link.server, link.client);
    const end = (): void => {
      this.links.delete(link);
      client.destroy();
      link.server.destroy();
    };
    [client, link.server].forEach((socket) => socket.on('error', end).on('close', end));
    if (this.isBlackHole) pause(link);
    if (this.dropsAnswers) link.server.pause();
  }

  private each(act: (link: Link) => void): void {
    [...this.links].forEach(act);
  }
}

function carry(from: Socket, to: Socket): void {
  from.on('data', (chunk) => to.write(chunk));
  from.on('end', () => to.end());
}

function pause({ client, server }: Link): void {
  client.pause();
  server.pause();
}
