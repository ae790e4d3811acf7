/** The Control API, raw: paths are sent as they are written, so that `a/../b` can be tested. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; throws when it is not JSON. */
  readonly json: Json;
  /** The text of a refusal. */
  readonly error: unknown;
}

export type Json = Record<string, unknown>;

export interface CallOptions {
  /** An object is sent as JSON, a string as it is. */
  readonly body?: Json | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Too low: a loaded machine fails tests. Too high: a hung server stalls them. */
const TIMEOUT_MS = 15_000;

export class ControlApi {
  constructor(private readonly base: () => string) {}

  get = (path: string, options?: CallOptions): Promise<ApiAnswer> =>
    this.call('GET', path, options);

  post = (path: string, options?: CallOptions): Promise<ApiAnswer> =>
    this.call('POST', path, options);

  add = (name: string, body?: Json | string): Promise<ApiAnswer> =>
    this.call('POST', `/v3/config/paths/add/${name}`, { ...(body === undefined ? {} : { body }) });

  replace = (name: string, body: Json | string): Promise<ApiAnswer> =>
    this.call('POST', `/v3/config/paths/replace/${name}`, { body });

  patch = (name: string, body: Json | string): Promise<ApiAnswer> =>
    this.call('PATCH', `/v3/config/paths/patch/${name}`, { body });

  remove = (name: string): Promise<ApiAnswer> =>
    this.call('DELETE', `/v3/config/paths/delete/${name}`);

  config = (name: string): Promise<ApiAnswer> => this.get(`/v3/config/paths/get/${name}`);

  path = (name: string): Promise<ApiAnswer> => this.get(`/v3/paths/get/${name}`);

  async items(list = '/v3/paths/list'): Promise<Json[]> {
    const answer = await this.get(`${list}?itemsPerPage=100000`);
    return answer.json['items'] as Json[];
  }

  async names(list = '/v3/paths/list'): Promise<unknown[]> {
    return (await this.items(list)).map((item) => item['name']);
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { body, headers = {}, signal = AbortSignal.timeout(TIMEOUT_MS) } = options;
    const { hostname, port } = new URL(this.base());
    return new Promise((resolve, reject) => {
      const call = request({ hostname, port, method, path, headers, signal, agent: false });
      call.once('error', reject);
      call.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.once('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve(answer(response.statusCode ?? 0, response.headers, text));
        });
      });
      call.end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
  }
}

function answer(status: number, headers: IncomingHttpHeaders, text: string): ApiAnswer {
  const json = (): Json => JSON.parse(text) as Json;
  return {
    status,
    headers,
    text,
    get json() {
      return json();
    },
    get error() {
      return json()['error'];
    },
  };
}
