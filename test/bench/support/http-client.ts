/** As cheap as a caller can be: one connection that is kept, and the answer as text. */
import { Agent, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly base: string) {}

  call(method: string, path: string, body?: object): Promise<HttpAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { hostname, port } = new URL(this.base);
    const headers =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const call = request({ hostname, port, method, path, headers, agent: this.agent });
      call.once('error', reject);
      call.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.once('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      call.end(text);
    });
  }

  /** @throws when it is refused: a refusal is fast, and no measurement */
  async done(method: string, path: string, body?: object): Promise<string> {
    const { status, text } = await this.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text;
  }

  close(): void {
    this.agent.destroy();
  }
}
