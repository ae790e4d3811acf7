/**
 * What callers asked for and what they were answered. An answer that never came leaves open whether
 * the call was carried out; one that came is a promise.
 */
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiClient, type Problem, secretSource } from '#test/support/api/api-client.js';

import { type Patch, type Start, type Variant } from '../scenario/scenario.js';

/** Longer than the database's own deadlines; a frozen replica answers nobody. */
const PATIENCE_MS = 9_000;

export interface Call {
  readonly kind: 'start' | 'stop' | 'patch' | 'retry';
  readonly cameraId: string;
  /** The source that it asked for. */
  readonly variant: Variant | null;
  /** The label that it asked for. */
  readonly label: string | null;
  /** The generation that the caller had read; null when any would do. */
  readonly basedOn: number | null;
  /** The stream that it was about, or that it made; null while unknown. */
  streamId: string | null;
  readonly sentAt: number;
  answeredAt: number | null;
  /** Null when no answer came. */
  status: number | null;
  /** Of the stream, as it was answered. */
  generation: number | null;
  /** Of a refusal because the camera is busy. */
  activeStreamId: string | null;
}

type Wish = Pick<Call, 'kind' | 'cameraId'> & Partial<Call>;

export interface Camera {
  readonly id: string;
  readonly address: string;
}

interface Sending {
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  readonly body?: object;
  readonly ifMatch?: string;
}

export class Calls {
  readonly all: Call[] = [];

  async start(client: ApiClient, camera: Camera, { variant, onDemand }: Start): Promise<void> {
    const call = this.sent({ kind: 'start', cameraId: camera.id, variant });
    const body = { cameraId: camera.id, source: sourceOf(camera, variant), onDemand };
    const sending = { method: 'POST', url: '/api/streams/start', body } as const;
    const answer = await this.send(client, call, sending);
    if (call.status === 201) call.streamId = (answer as StreamBody).id;
    if (call.status === 409) call.activeStreamId = (answer as Problem).activeStreamId ?? null;
  }

  /** As the other calls: of the newest stream of this camera that somebody has heard of. */
  async stop(client: ApiClient, camera: Camera): Promise<void> {
    await this.post(client, camera, 'stop');
  }

  async retry(client: ApiClient, camera: Camera): Promise<void> {
    await this.post(client, camera, 'retry');
  }

  async patch(client: ApiClient, camera: Camera, { change, isBlind }: Patch): Promise<void> {
    const streamId = this.newestOf(camera.id);
    if (streamId === null) return;
    const basedOn = isBlind ? null : await generationOf(client, streamId);
    // Nobody can base anything on what he could not read.
    if (basedOn === undefined) return;
    const variant = change === 'label' ? null : change;
    const label = change === 'label' ? `of-call-${this.all.length}` : null;
    const wish = { cameraId: camera.id, streamId, basedOn, variant, label };
    const call = this.sent({ kind: 'patch', ...wish });
    const body =
      variant === null ? { labels: { [label!]: 'wanted' } } : { source: sourceOf(camera, variant) };
    const ifMatch = basedOn === null ? '*' : `"${basedOn}"`;
    await this.send(client, call, { method: 'PATCH', url: streamUrl(streamId), body, ifMatch });
  }

  /** Everything that may still have an effect although nobody waits for it. */
  get open(): readonly Call[] {
    return this.all.filter(({ answeredAt }) => answeredAt === null);
  }

  private async post(client: ApiClient, camera: Camera, kind: 'stop' | 'retry'): Promise<void> {
    const streamId = this.newestOf(camera.id);
    if (streamId === null) return;
    const call = this.sent({ kind, cameraId: camera.id, streamId });
    await this.send(client, call, { method: 'POST', url: `${streamUrl(streamId)}/${kind}` });
  }

  private newestOf(cameraId: string): string | null {
    const known = this.all.filter(
      (call) => call.cameraId === cameraId && call.kind === 'start' && call.streamId !== null,
    );
    return known.at(-1)?.streamId ?? null;
  }

  private sent(wish: Wish): Call {
    const call: Call = {
      ...{ streamId: null, variant: null, label: null, basedOn: null, sentAt: Date.now() },
      ...{ answeredAt: null, status: null, generation: null, activeStreamId: null },
      ...wish,
    };
    this.all.push(call);
    return call;
  }

  private async send(client: ApiClient, call: Call, sending: Sending): Promise<unknown> {
    const { method, url, body, ifMatch } = sending;
    try {
      const answer = await client.send<{ generation?: number }>(method, url, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      call.status = answer.status;
      call.generation = answer.body.generation ?? null;
      return answer.body;
    } catch {
      return null;
    } finally {
      call.answeredAt = Date.now();
    }
  }
}

export const isUnknown = ({ status }: Call): boolean => status === null || status >= 500;

const sourceOf = ({ address }: Camera, variant: Variant): string =>
  `${secretSource(address)}&v=${variant}`;

const streamUrl = (streamId: string): string => `/api/streams/${streamId}`;

/** Undefined when nobody answers. */
async function generationOf(client: ApiClient, streamId: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await client.send<StreamBody>('GET', streamUrl(streamId), { signal });
    return answer.status === 200 ? answer.body.generation : undefined;
  } catch {
    return undefined;
  }
}
