import {
  type Problem,
  type StartStream,
  type StreamQuery,
  type VigiaClient,
  createVigiaClient,
} from '#api-client/client.js';
import { withAnySignal } from '#platform/any-signal.js';

import { ApiRefused, ApiUnreachable, Interrupted, NotTheApi } from './failures.js';
import { VigiaApi } from './vigia-api.js';

/** Too low: a busy API looks unreachable. Too high: one that hangs is noticed late. */
const TIMEOUT_MS = 15_000;
/** A camera may take its time to answer a check. */
const CHECK_TIMEOUT_MS = 60_000;
/** What a gateway says when nobody is behind it. */
const GATEWAY = [502, 503, 504];

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

type Call<T> = (signal: AbortSignal) => Promise<Answer<T>>;

export class HttpVigiaApi extends VigiaApi {
  constructor(
    private readonly url: string,
    private readonly interrupted: AbortSignal,
    private readonly client: VigiaClient = createVigiaClient({ baseUrl: url }),
  ) {
    super();
  }

  listStreams(query: StreamQuery) {
    return this.ask((signal) => this.client.GET('/api/streams', { params: { query }, signal }));
  }

  stream(id: string) {
    const params = { path: { id } };
    return this.ask((signal) => this.client.GET('/api/streams/{id}', { params, signal }));
  }

  start(body: StartStream, waitS: number | null) {
    const params = waitS === null ? {} : { header: { Prefer: `wait=${waitS}` } };
    return this.ask(
      (signal) => this.client.POST('/api/streams/start', { params, body, signal }),
      TIMEOUT_MS + (waitS ?? 0) * 1_000,
    );
  }

  stop(id: string) {
    const params = { path: { id } };
    return this.ask((signal) => this.client.POST('/api/streams/{id}/stop', { params, signal }));
  }

  nodes() {
    return this.ask((signal) => this.client.GET('/api/nodes', { signal }));
  }

  checkSource(source: string) {
    const body = { source };
    return this.ask(
      (signal) => this.client.POST('/api/sources/check', { body, signal }),
      CHECK_TIMEOUT_MS,
    );
  }

  private async ask<T>(call: Call<T>, timeoutMs = TIMEOUT_MS): Promise<T> {
    const { data, error, response } = await this.answer(call, timeoutMs);
    if (data !== undefined) {
      return data;
    }
    if (isProblem(error)) {
      throw new ApiRefused(error);
    }
    throw GATEWAY.includes(response.status)
      ? new ApiUnreachable(this.url, `a gateway answers ${response.status}`)
      : new NotTheApi(this.url, response.status);
  }

  private async answer<T>(call: Call<T>, timeoutMs: number): Promise<Answer<T>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await withAnySignal([timeout, this.interrupted], call);
    } catch (cause) {
      if (this.interrupted.aborted) {
        throw new Interrupted();
      }
      if (cause instanceof SyntaxError) {
        throw new NotTheApi(this.url, null, { cause });
      }
      const why = timeout.aborted ? `no answer within ${timeoutMs / 1_000} s` : reasonOf(cause);
      throw new ApiUnreachable(this.url, why, { cause });
    }
  }
}

function isProblem(error: unknown): error is Problem {
  const { code, detail, status } = (error ?? {}) as Partial<Record<keyof Problem, unknown>>;
  return typeof code === 'string' && typeof detail === 'string' && typeof status === 'number';
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(err: unknown): string {
  const { cause } = err as { cause?: unknown };
  const { code, message } = (cause ?? err) as { code?: unknown; message?: unknown };
  return [code, message].find((text) => typeof text === 'string' && text !== '') as string;
}
