/** A TCP connection that says what no well-behaved client would say, as slowly as it likes. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class RawConnection {
  private received = '';
  private openedAt = performance.now();
  private closedAt: number | null = null;
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    // A reset is one way to be told to go.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.closedAt = performance.now();
        resolve();
      });
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    connection.openedAt = performance.now();
    return connection;
  }

  /** Sends it all and waits until the server has closed, which it does after what it cannot read. */
  static async exchange(port: number, text: string): Promise<RawAnswer> {
    const connection = await RawConnection.open(port);
    connection.send(text);
    await connection.closed;
    return connection.answer;
  }

  get isClosed(): boolean {
    return this.closedAt !== null;
  }

  /** How long the server kept it; until now while it is open. */
  get lifetimeMs(): number {
    return (this.closedAt ?? performance.now()) - this.openedAt;
  }

  /** What came back so far; status 0 when nothing did. */
  get answer(): RawAnswer {
    const [head = '', body = ''] = this.received.split('\r\n\r\n', 2);
    const [first = '', ...lines] = head.split('\r\n');
    const headers = lines.map((line) => line.split(': ', 2) as [string, string]);
    return {
      status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0),
      headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
      body,
    };
  }

  send(text: string): void {
    if (this.socket.writable) this.socket.write(text, 'latin1');
  }

  /** One character at a time, until the server has had enough. */
  drip(text: string, everyMs: number): void {
    let sent = 0;
    const timer = setInterval(() => {
      if (this.isClosed) clearInterval(timer);
      else this.send(text[sent++ % text.length] ?? '');
    }, everyMs);
  }

  hangUp(): void {
    this.socket.destroy();
  }
}
