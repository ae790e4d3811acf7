/** What contract tests wait for, in one look at a path. */
import { expect } from '@jest/globals';
import { type EventuallyOptions, eventually } from '#test/support/eventually.js';
import { type ControlApi, type Json } from './control-api.js';

/** A source that nobody serves: port 9 is discard, and refuses on the loopback interface. */
export const DEAD = 'rtsp://127.0.0.1:9/none';

export const pulled = (source: string, more: Json = {}): Json => ({
  source,
  rtspTransport: 'tcp',
  ...more,
});

export const onDemand = (source: string, more: Json = {}): Json =>
  pulled(source, { sourceOnDemand: true, ...more });

export const eventuallyPresent = (api: ControlApi, name: string): Promise<void> =>
  eventually(async () => {
    expect((await api.path(name)).status).toBe(200);
    expect((await api.config(name)).status).toBe(200);
  });

export const eventuallyAbsent = (api: ControlApi, name: string): Promise<void> =>
  eventually(async () => {
    expect((await api.path(name)).status).toBe(404);
    expect((await api.config(name)).status).toBe(404);
  });

/** The path once it has the given values, e.g. `{ available: true }`. */
export const eventuallyLooks = (
  api: ControlApi,
  name: string,
  values: Json,
  options: EventuallyOptions = {},
): Promise<Json> =>
  eventually(async () => {
    const { json } = await api.path(name);
    expect(json).toMatchObject(values);
    return json;
  }, options);

/** Available, and more bytes have come in than `moreThan`. */
export const eventuallyFlows = (api: ControlApi, name: string, moreThan = 0): Promise<Json> =>
  eventually(
    async () => {
      const { json } = await api.path(name);
      expect(json['available']).toBe(true);
      expect(json['inboundBytes'] ?? json['bytesReceived']).toBeGreaterThan(moreThan);
      return json;
    },
    { timeoutMs: 10_000 },
  );

export const eventuallyRead = (api: ControlApi, name: string, readers = 1): Promise<Json> =>
  eventually(
    async () => {
      const { json } = await api.path(name);
      expect(json['readers']).toHaveLength(readers);
      return json;
    },
    { timeoutMs: 15_000 },
  );
