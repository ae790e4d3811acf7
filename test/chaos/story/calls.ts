/**
 * What callers asked for and what they were answered. An answer that never came leaves open whether
 * the call was carried out; one that came is a promise.
 */
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiClient, type Problem, secretSource } from '#test/support/api/api-client.js';

import { type Start } from '../scenario/scenario.js';

/** Longer than the database's own deadlines; a frozen replica answers nobody. */
const PATIENCE_MS = 9_000;

export interface Call {
  readonly kind: 'start' | 'stop';
  readonly cameraId: string;
  /** The stream that it was about, or that it made; null while unknown. */
  streamId: string | null;
  readonly sentAt: number;
  answeredAt: number | null;
  /** Null when no answer came. */
  status: number | null;
  /** Of a refusal because the camera is busy. */
  activeStreamId: string | null;
}

export interface Camera {
  readonly id: string;
  readonly address: string;
}

export class Calls {
  readonly all: Call[] = [];

  async start(client: ApiClient, camera: Camera, step: Start): Promise<void> {
    const call = this.sent('start', camera.id, null);
    const source = `${secretSource(camera.address)}&v=${step.variant}`;
    const body = { cameraId: camera.id, source, onDemand: step.onDemand };
    const answer = await this.send(client, call, '/api/streams/start', JSON.stringify(body));
    if (call.status === 201) call.streamId = (answer as StreamBody).id;
    if (call.status === 409) call.activeStreamId = (answer as Problem).activeStreamId ?? null;
  }

  /** Of the newest stream of this camera that somebody has heard of. */
  async stop(client: ApiClient, camera: Camera): Promise<void> {
    const streamId = this.newestOf(camera.id);
    if (streamId === null) return;
    const call = this.sent('stop', camera.id, streamId);
    await this.send(client, call, `/api/streams/${streamId}/stop`);
  }

  /** Everything that may still have an effect although nobody waits for it. */
  get open(): readonly Call[] {
    return this.all.filter(({ answeredAt }) => answeredAt === null);
  }

  private newestOf(cameraId: string): string | null {
    const known = this.all.filter(
      (call) => call.cameraId === cameraId && call.kind === 'start' && call.streamId !== null,
    );
    return known.at(-1)?.streamId ?? null;
  }

  private sent(kind: Call['kind'], cameraId: string, streamId: string | null): Call {
    const call: Call = {
      ...{ kind, cameraId, streamId, sentAt: Date.now() },
      ...{ answeredAt: null, status: null, activeStreamId: null },
    };
    this.all.push(call);
    return call;
  }

  private async send(client: ApiClient, call: Call, url: string, body?: string): Promise<unknown> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const init = body === undefined ? { signal } : { signal, body };
    try {
      const answer = await client.send('POST', url, init);
      call.status = answer.status;
      return answer.body;
    } catch {
      return null;
    } finally {
      call.answeredAt = Date.now();
    }
  }
}

export const isUnknown = ({ status }: Call): boolean => status === null || status >= 500;
