/** The API as the command line sees it, in memory: as little of it as its commands ask for. */
import {
  type CheckedSource,
  type NodeList,
  type Problem,
  type StartStream,
  type Stream,
  type StreamDetails,
  type StreamList,
  type StreamQuery,
} from '#api-client/client.js';

import { ApiRefused } from '../../../apps/cli/api/failures.js';
import { VigiaApi } from '../../../apps/cli/api/vigia-api.js';

export class FakeVigiaApi extends VigiaApi {
  /** Newest first. */
  readonly streams: Stream[] = [];
  nodeList: NodeList = { items: [] };
  checked: CheckedSource | null = null;
  /** What every call meets while it is set. */
  failure: Error | null = null;
  /** Cameras whose start is refused. */
  readonly refused = new Map<string, Problem>();
  readonly sources: string[] = [];

  has(...streams: Stream[]): this {
    this.streams.push(...streams);
    return this;
  }

  /** As if something had happened to it. */
  change(id: string, fields: Partial<Stream>): void {
    const index = this.streams.findIndex((stream) => stream.id === id);
    this.streams[index] = { ...this.streams[index]!, ...fields };
  }

  async listStreams({ status, cameraId, label = [], limit = 50, cursor }: StreamQuery) {
    this.fail();
    const items = this.streams.filter(
      (stream) =>
        (status === undefined || stream.status === status) &&
        (cameraId === undefined || stream.cameraId === cameraId) &&
        label.every((one) => one === `site=${stream.labels['site'] ?? ''}`),
    );
    const from = Number(cursor ?? 0);
    const end = from + limit;
    const nextCursor = end < items.length ? String(end) : null;
    return { items: items.slice(from, end), nextCursor } satisfies StreamList;
  }

  async stream(id: string): Promise<StreamDetails> {
    this.fail();
    const stream = this.streams.find((one) => one.id === id);
    if (stream === undefined) {
      throw new ApiRefused(aProblem({ status: 404, detail: 'There is no such stream.' }));
    }
    return { ...stream, connectionQuality: 'good', reconnectsLastHour: 0, lastOutage: null };
  }

  async start({ source, ...fields }: StartStream, waitS: number | null): Promise<Stream> {
    this.fail();
    const problem = this.refused.get(fields.cameraId);
    if (problem !== undefined) {
      throw new ApiRefused(problem);
    }
    this.sources.push(source);
    const stream = aStreamBody({
      ...fields,
      id: `id-of-${fields.cameraId}`,
      status: waitS === null ? 'STARTING' : 'RUNNING',
    });
    this.streams.unshift(stream);
    return stream;
  }

  async stop(id: string): Promise<Stream> {
    await this.stream(id);
    this.change(id, { status: 'STOPPED', desired: 'STOPPED', health: 'STOPPED' });
    return this.stream(id);
  }

  async nodes(): Promise<NodeList> {
    this.fail();
    return this.nodeList;
  }

  async checkSource(source: string): Promise<CheckedSource> {
    this.fail();
    this.sources.push(source);
    return this.checked!;
  }

  private fail(): void {
    if (this.failure !== null) throw this.failure;
  }
}

export function aStreamBody(fields: Partial<Stream> = {}): Stream {
  const cameraId = fields.cameraId ?? 'gate-3';
  return {
    id: `id-of-${cameraId}`,
    cameraId,
    source: 'rtsp://***:***@192.168.1.20:554/stream1',
    onDemand: false,
    transport: 'tcp',
    labels: {},
    desired: 'RUNNING',
    status: 'RUNNING',
    reason: null,
    health: 'HEALTHY',
    error: null,
    lastError: null,
    removalPending: false,
    path: `cam/${cameraId}`,
    nodeId: 'default',
    playback: {
      hls: 'http://hls/',
      webrtc: 'http://webrtc/',
      whep: 'http://whep',
      rtsp: 'rtsp://r',
    },
    reconnects: 0,
    generation: 1,
    createdAt: '2026-11-23T16:00:00.000Z',
    startedAt: '2026-11-23T16:00:01.000Z',
    stoppedAt: null,
    updatedAt: '2026-11-23T16:57:00.000Z',
    observedAt: '2026-11-23T16:59:58.000Z',
    ...fields,
  };
}

export function aProblem(fields: Partial<Problem> = {}): Problem {
  return {
    type: 'urn:vigia:problem:stream.camera_busy',
    title: 'Conflict',
    status: 409,
    detail: 'The camera already has an active stream.',
    instance: '/api/streams/start',
    code: 'stream.camera_busy',
    requestId: 'req-1',
    ...fields,
  };
}
