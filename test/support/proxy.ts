/**
 * A TCP proxy that can be told what is wrong with the way to a server: nobody listens, connections
 * break, or bytes vanish while everything looks open. What was swallowed is delivered when the way
 * is good again, as after a pause of the machine on the other side. In bad weather requests are
 * late or lost, each by itself: a late one arrives although its sender has given up and gone, and
 * perhaps after a newer one of another connection.
 */
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** What becomes of one request. Whoever loses a request or its answer sees a broken connection. */
export interface Weather {
  readonly delayMs: number;
  readonly fate: 'arrives' | 'is lost' | 'arrives, its answer is lost';
}

/** Which pieces of requests are held back, and which ones' answers. */
export interface Hold {
  readonly request: (piece: Buffer) => boolean;
  readonly answerTo: (piece: Buffer) => boolean;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isSilent: boolean;
  isHeld: boolean;
  /** Pieces of requests that are on their way, and when the last of them arrives. */
  late: number;
  lastArrivalAt: number;
  losesAnswer: boolean;
}

export class Proxy {
  private readonly links = new Set<Link>();
  private isBlackHole = false;
  private dropsAnswers = false;
  private weather: (() => Weather) | null = null;
  private onRequest: (piece: Buffer) => void = () => undefined;
  private holds: Hold = NO_HOLD;

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

  /** From now on, each piece of a request as `weather` says; its pieces keep their order. */
  disturb(weather: () => Weather): void {
    this.weather = weather;
  }

  /** Pieces of requests that have not arrived yet; good weather does not call them back. */
  get late(): number {
    return [...this.links].reduce((sum, link) => sum + link.late, 0);
  }

  /** Sees each piece of a request as it comes in, whatever becomes of it. */
  observe(onRequest: (piece: Buffer) => void): void {
    this.onRequest = onRequest;
  }

  /** Such requests stay here, or their answers, until the way is good again; others pass. */
  hold(holds: Partial<Hold>): void {
    this.holds = { ...NO_HOLD, ...holds };
  }

  /** Connections on which something is held. */
  get heldLinks(): number {
    return [...this.links].filter(({ isHeld }) => isHeld).length;
  }

  heal(): void {
    this.weather = null;
    this.holds = NO_HOLD;
    this.isBlackHole = false;
    this.dropsAnswers = false;
    this.each((link) => {
      if (link.isSilent) return;
      link.isHeld = false;
      link.server.uncork();
      link.client.resume();
      link.server.resume();
    });
  }

  /** Resets every connection; new ones are welcome. */
  cut(): void {
    this.each(reset);
  }

  async stop(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    const server = connect(this.target);
    const link = {
      ...{ client, server, isSilent: false, isHeld: false },
      ...{ late: 0, lastArrivalAt: 0, losesAnswer: false },
    };
    this.links.add(link);
    this.carryRequests(link);
    carryAnswers(link);
    const end = (): void => {
      this.links.delete(link);
      client.destroy();
      server.destroy();
    };
    server.on('error', end).on('close', end);
    client
      .on('error', () => undefined)
      .on('close', () => {
        if (link.late === 0) end();
      });
    if (this.isBlackHole) pause(link);
    if (this.dropsAnswers) server.pause();
  }

  private carryRequests(link: Link): void {
    const { client, server } = link;
    client.on('data', (piece) => {
      this.onRequest(piece);
      this.holdBack(link, piece);
      const { delayMs, fate } = this.weather?.() ?? GOOD_WEATHER;
      if (fate === 'is lost') {
        reset(link);
        return;
      }
      link.losesAnswer ||= fate !== 'arrives';
      const now = performance.now();
      link.lastArrivalAt = Math.max(link.lastArrivalAt, now + delayMs);
      if (link.lastArrivalAt <= now) server.write(piece);
      else deliverLater(link, piece, link.lastArrivalAt - now);
    });
    client.on('end', () => {
      if (link.late === 0) server.end();
    });
  }

  private holdBack(link: Link, piece: Buffer): void {
    const isRequestHeld = this.holds.request(piece);
    const isAnswerHeld = this.holds.answerTo(piece);
    if (isRequestHeld) link.server.cork();
    if (isAnswerHeld) link.server.pause();
    link.isHeld ||= isRequestHeld || isAnswerHeld;
  }

  private each(act: (link: Link) => void): void {
    [...this.links].forEach(act);
  }
}

const NO_HOLD: Hold = { request: () => false, answerTo: () => false };
const GOOD_WEATHER: Weather = { delayMs: 0, fate: 'arrives' };

/** Also when the sender has given up meanwhile: nobody can call a packet back. */
function deliverLater(link: Link, piece: Buffer, afterMs: number): void {
  const { client, server } = link;
  link.late += 1;
  setTimeout(() => {
    link.late -= 1;
    if (!server.writable) return;
    server.write(piece);
    if (link.late === 0 && (client.destroyed || client.readableEnded)) server.end();
  }, afterMs).unref();
}

function carryAnswers(link: Link): void {
  const { client, server } = link;
  server.on('data', (piece) => {
    if (link.losesAnswer) reset(link);
    else if (client.writable) client.write(piece);
  });
  server.on('end', () => client.end());
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}

function pause({ client, server }: Link): void {
  client.pause();
  server.pause();
}
