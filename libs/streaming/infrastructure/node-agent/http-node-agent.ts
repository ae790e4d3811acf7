import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { type Inconclusive } from '../../domain/look.js';
import {
  type AgentReport,
  NodeAgent,
  type Pokes,
  type WantedPaths,
} from '../../domain/ports/node-agent.js';
import { type Answer, HttpCall, type HttpCallSettings } from '../http/http-call.js';
import { pathBody } from '../mediamtx/path-body.js';
import { decodePokes, decodeReport } from './agent-answers.js';
import { NodeAgentSettings } from './node-agent-settings.js';

/** It tries what is new before it accepts: 0.4 s for a thousand paths. */
const PUT_TIMEOUT_MS = 60_000;
/** The longest that the agent grants. */
const WAIT_MS = 25_000;
const WAIT_TIMEOUT_MS = WAIT_MS + 5_000;

const REFUSED =
  'HTTP 400: the agent refuses what is wanted; compare its PATH_PREFIX and its version with those of Vigia';

/** Speaks to `vigia-node`; its calls are in docs/nodes.md. */
@Injectable()
export class HttpNodeAgent extends NodeAgent implements OnApplicationShutdown {
  private readonly http: HttpCall | null;

  constructor(http: HttpService, @Inject(NodeAgentSettings) settings: NodeAgentSettings | null) {
    super();
    this.http = settings === null ? null : new HttpCall(http, callSettings(settings));
  }

  override get isPresent(): boolean {
    return this.http !== null;
  }

  override async report(signal?: AbortSignal): Promise<AgentReport | Inconclusive> {
    const answer = await this.send({ method: 'GET', path: '/v1/report', signal });
    return decoded(answer, decodeReport);
  }

  override async put(
    { prefix, revision, paths }: WantedPaths,
    signal?: AbortSignal,
  ): Promise<{ kind: 'accepted' } | Inconclusive> {
    const bodies = [...paths].map(([path, spec]) => [path, pathBody(spec)] as const);
    const answer = await this.send({
      method: 'PUT',
      path: '/v1/wanted',
      body: { prefix, revision, paths: Object.fromEntries(bodies) },
      timeoutMs: PUT_TIMEOUT_MS,
      signal,
    });
    if (answer.kind === 'answered' && answer.status === 400) {
      return { kind: 'inconclusive', cause: REFUSED };
    }
    return decoded(answer, () => ({ kind: 'accepted' as const }));
  }

  override async pokes(after: number | null, signal?: AbortSignal): Promise<Pokes | Inconclusive> {
    const query = after === null ? '' : `?after=${after}&waitMs=${WAIT_MS}`;
    const answer = await this.send({
      method: 'GET',
      path: `/v1/pokes${query}`,
      timeoutMs: WAIT_TIMEOUT_MS,
      signal,
    });
    return decoded(answer, decodePokes);
  }

  onApplicationShutdown(): void {
    this.http?.close();
  }

  private send(call: Parameters<HttpCall['send']>[0]): Promise<Answer> {
    return (
      this.http?.send(call) ?? Promise.resolve({ kind: 'failed', failure: 'the node has no agent' })
    );
  }
}

function callSettings({ url, token, timeoutMs }: NodeAgentSettings): HttpCallSettings {
  return { apiUrl: url, token, timeoutMs };
}

/** Never the text of the answer: it is another system's. */
function decoded<T>(answer: Answer, decode: (text: string) => T | null): T | Inconclusive {
  if (answer.kind === 'failed') {
    return { kind: 'inconclusive', cause: answer.failure };
  }
  if (answer.status === 401) {
    return { kind: 'inconclusive', cause: 'HTTP 401: the agent refuses NODE_AGENT_TOKEN' };
  }
  const value = answer.status === 200 ? decode(answer.text) : null;
  return (
    value ?? {
      kind: 'inconclusive',
      cause: answer.status === 200 ? 'malformed answer' : `HTTP ${answer.status}`,
    }
  );
}
