/** A caller of the API; whatever it is answered is kept, to be searched for secrets at the end. */
import { type z } from 'zod';

import { type StreamBody, type StreamEventBody } from '#streaming/http/stream.schema.js';
import { type problemSchema } from '#platform/http/problem.js';

import { CANARY } from '../canary/canary.mjs';
import { keepSaid } from '../canary/keep-said.js';

export type Problem = z.output<typeof problemSchema>;

export interface ApiAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  /** The same, read as a problem document. */
  readonly problem: Problem;
}

export interface StartOptions {
  readonly waitS?: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

export class ApiClient {
  constructor(readonly baseUrl: string) {}

  get<T = unknown>(url: string): Promise<ApiAnswer<T>> {
    return this.send<T>('GET', url);
  }

  start(
    cameraId: string,
    source: string,
    { waitS, body }: StartOptions = {},
  ): Promise<ApiAnswer<StreamBody>> {
    return this.send('POST', '/api/streams/start', {
      headers: waitS === undefined ? {} : { prefer: `wait=${waitS}` },
      body: JSON.stringify({ cameraId, source, ...body }),
    });
  }

  stop(id: string): Promise<ApiAnswer<StreamBody>> {
    return this.send('POST', `/api/streams/${id}/stop`);
  }

  async stream(id: string): Promise<StreamBody> {
    return (await this.get<StreamBody>(`/api/streams/${id}`)).body;
  }

  /** Oldest first. */
  async events(id: string): Promise<StreamEventBody[]> {
    const { body } = await this.get<{ items: StreamEventBody[] }>(
      `/api/streams/${id}/events?limit=500`,
    );
    return body.items.reverse();
  }

  async send<T>(method: string, url: string, init: RequestInit = {}): Promise<ApiAnswer<T>> {
    const json = typeof init.body === 'string' ? { 'content-type': 'application/json' } : {};
    const response = await fetch(`${this.baseUrl}${url}`, {
      method,
      ...init,
      headers: { ...json, ...(init.headers as Record<string, string> | undefined) },
    });
    const text = await response.text();
    const headers = JSON.stringify([...response.headers]);
    keepSaid('answers', `${method} ${url} ${response.status} ${headers} ${text}`);
    const body = parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body: body as T,
      problem: body as Problem,
    };
  }
}

/** A source whose user information and query both hold the canary. */
export function secretSource(hostAndPath: string): string {
  return `rtsp://admin:${CANARY}@${hostAndPath}?token=${CANARY}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
