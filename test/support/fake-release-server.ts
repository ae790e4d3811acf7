import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Time for what was sent to arrive before the connection breaks. */
const CUT_DELAY_MS = 500;
const RANGE = /^bytes=(\d+)-$/;

/** Serves the files of a release as GitHub does, and misbehaves when told to. */
export class FakeReleaseServer {
  private readonly files = new Map<string, Buffer>();
  private cutAfterBytes: number | undefined;
  private isSilent = false;
  private ignoresRanges = false;
  /** `GET <path> [<range>]`, in the order in which they came. */
  readonly requests: string[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.answer(request, response);
    });
  }

  static async start(): Promise<FakeReleaseServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeReleaseServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/download`;
  }

  /** A release with one archive, and the list of checksums beside it. */
  publish(version: string, archive: string, content: Buffer, listed: Buffer = content): void {
    const sum = createHash('sha256').update(listed).digest('hex');
    this.files.set(`/download/${version}/${archive}`, content);
    this.files.set(`/download/${version}/checksums.sha256`, Buffer.from(`${sum} *${archive}\n`));
  }

  serve(path: string, content: string): void {
    this.files.set(path, Buffer.from(content));
  }

  /** Breaks the connection of the next answer in the middle. */
  cutNextArchiveAfter(bytes: number): void {
    this.cutAfterBytes = bytes;
  }

  /** Takes requests and answers nothing. */
  fallSilent(): void {
    this.isSilent = true;
  }

  ignoreRanges(): void {
    this.ignoresRanges = true;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const { range } = headers;
    this.requests.push(
      `GET ${url.split('/').at(-1) ?? ''}${range === undefined ? '' : ` ${range}`}`,
    );
    if (this.isSilent) return;
    const file = this.files.get(url);
    if (file === undefined) {
      response.writeHead(404).end('Not Found');
      return;
    }
    this.send(response, file, this.startOf(range));
  }

  private startOf(range: string | undefined): number {
    if (this.ignoresRanges || range === undefined) return 0;
    return Number(RANGE.exec(range)?.[1]);
  }

  private send(response: ServerResponse, file: Buffer, start: number): void {
    if (start >= file.length) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
      return;
    }
    const body = file.subarray(start);
    const partial = { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` };
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(start > 0 && partial),
    });
    const cut = body.length > 1_000 ? this.cutAfterBytes : undefined;
    if (cut === undefined) {
      response.end(body);
      return;
    }
    this.cutAfterBytes = undefined;
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), CUT_DELAY_MS));
  }
}
