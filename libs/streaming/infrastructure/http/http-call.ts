/**
 * One HTTP call to a node, be it MediaMTX or the agent beside it: with a deadline, an abort signal, a kept-alive connection, and an
 * answer that is data. Error texts of other systems stay here: MediaMTX's echo sources.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import { type HttpService } from '@nestjs/axios';
import { type AxiosRequestConfig, isAxiosError } from 'axios';

import { withAnySignal } from '#platform/any-signal.js';
import { traceHeaders } from '#platform/tracing/trace-context.js';

/** Whom to call, and as whom. */
export interface HttpCallSettings {
  readonly apiUrl: string;
  readonly credentials?: { readonly username: string; readonly password: string } | null;
  readonly token?: string;
  /** Deadline of a call that names none, in ms. */
  readonly timeoutMs: number;
}

/** MediaMTX closes idle connections after 30 s; ours must go first, or a call meets a closing one. */
const IDLE_SOCKET_MS = 20_000;
/** 10 000 paths are 3.3 MB; beyond this somebody else answers. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** `failure` is safe to log and to show. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | { readonly kind: 'failed'; readonly failure: string };

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name not found',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EPIPE: 'connection reset',
  ERR_BAD_RESPONSE: 'broken or oversized answer',
};

export class HttpCall {
  private readonly defaults: AxiosRequestConfig;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly http: HttpService,
    private readonly settings: HttpCallSettings,
  ) {
    const agentOptions = { keepAlive: true, maxSockets: 16, timeout: IDLE_SOCKET_MS };
    this.defaults = {
      baseURL: settings.apiUrl,
      httpAgent: new HttpAgent(agentOptions),
      httpsAgent: new HttpsAgent(agentOptions),
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      responseType: 'text',
      transformResponse: (data: unknown) => data,
      validateStatus: () => true,
      ...(settings.credentials && { auth: { ...settings.credentials } }),
    };
    this.headers =
      settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` };
  }

  async send(call: Call): Promise<Answer> {
    const first = await this.attempt(call);
    // The server may close a kept-alive connection just as we use it; all our calls are idempotent.
    return first === 'stale connection' ? this.conclude(await this.attempt(call)) : first;
  }

  close(): void {
    (this.defaults.httpAgent as HttpAgent).destroy();
    (this.defaults.httpsAgent as HttpsAgent).destroy();
  }

  private conclude(answer: Answer | 'stale connection'): Answer {
    return answer === 'stale connection' ? { kind: 'failed', failure: 'connection reset' } : answer;
  }

  private async attempt(call: Call): Promise<Answer | 'stale connection'> {
    const timeoutMs = call.timeoutMs ?? this.settings.timeoutMs;
    const deadline = AbortSignal.timeout(timeoutMs);
    const sources = call.signal === undefined ? [deadline] : [deadline, call.signal];
    try {
      const response = await withAnySignal(sources, (signal) =>
        this.http.axiosRef.request<string>({
          ...this.defaults,
          method: call.method,
          url: call.path,
          data: call.body,
          signal,
          headers: { ...this.headers, ...traceHeaders() },
        }),
      );
      return { kind: 'answered', status: response.status, text: response.data };
    } catch (err) {
      return deadline.aborted
        ? { kind: 'failed', failure: `no answer within ${timeoutMs} ms` }
        : failureOf(err);
    }
  }
}

function failureOf(err: unknown): Answer | 'stale connection' {
  if (isStaleConnection(err)) {
    return 'stale connection';
  }
  const code = isAxiosError(err) ? (err.code ?? '') : '';
  return { kind: 'failed', failure: FAILURES[code] ?? 'call failed' };
}

function isStaleConnection(err: unknown): boolean {
  if (!isAxiosError(err) || (err.code !== 'ECONNRESET' && err.code !== 'EPIPE')) {
    return false;
  }
  const request = err.request as {
    reusedSocket?: boolean;
    _currentRequest?: { reusedSocket?: boolean };
  };
  return request.reusedSocket === true || request._currentRequest?.reusedSocket === true;
}
