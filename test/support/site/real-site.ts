/** The API, a node and its cameras, all of them real, and what a story of a stream asks of them. */
import { expect } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';

import { type ApiClient } from '../api/api-client.js';
import { ApiProcess } from '../api/api-process.js';
import { type EventuallyOptions, eventually } from '../eventually.js';
import { type MediaMtxBinary } from '../mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '../mediamtx/real-media-mtx.js';
import { TestDatabase } from '../postgres/test-database.js';
import { type Account, RtspCamera } from '../rtsp-camera.js';

export class RealSite {
  private readonly cameras: RtspCamera[] = [];

  private constructor(
    private readonly binary: MediaMtxBinary,
    private readonly database: TestDatabase,
    readonly node: RealMediaMtx,
    private readonly api: ApiProcess,
    private readonly patient: EventuallyOptions,
  ) {}

  /** @param patient how long `expectStream` waits */
  static async open(binary: MediaMtxBinary, patient: EventuallyOptions): Promise<RealSite> {
    const database = await TestDatabase.create();
    const node = await RealMediaMtx.start(binary);
    const api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { MEDIAMTX_RTSP_URL: new URL(node.rtspUrl('')).href.replace(/\/$/, '') },
    });
    return new RealSite(binary, database, node, api, patient);
  }

  get client(): ApiClient {
    return this.api.client;
  }

  /** @param account whom it lets watch; without one: everybody */
  async aCamera(account?: Account): Promise<RtspCamera> {
    const camera = await RtspCamera.start(this.binary, account === undefined ? {} : { account });
    this.cameras.push(camera);
    return camera;
  }

  expectStream(id: string, expected: Record<string, unknown>): Promise<StreamBody> {
    return eventually(async () => {
      const stream = await this.client.stream(id);
      expect(stream).toMatchObject(expected);
      return stream;
    }, this.patient);
  }

  /** Oldest first, as `STARTING RECONNECTING`. */
  async storyOf(id: string): Promise<string[]> {
    const events = await this.client.events(id);
    return events.map(({ toStatus, reason }) => [toStatus, reason ?? []].flat().join(' '));
  }

  async close(): Promise<void> {
    await this.api.stop();
    await Promise.all(this.cameras.map((camera) => camera.stop()));
    await this.node.stop();
    await this.database.close();
  }
}

/** Host, port and path of a camera. */
export const placeOf = ({ url }: RtspCamera): string => url.replace('rtsp://', '');
