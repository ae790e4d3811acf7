import { describe, expect, it as test } from '@jest/globals';
import { eventually } from '#test/support/eventually.js';
import { type ControlApi, type Json } from '#test/support/mediamtx/control-api.js';
import {
  RECORDED_VERSIONS,
  type RecordedExchange,
  comparable,
  readRecording,
} from '#test/support/mediamtx/recording.js';
import { type Target, type TargetCamera } from '#test/support/mediamtx/target.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

/** What the recorder did between two exchanges without asking the API. */
const BEHIND_THE_SCENES: Readonly<
  Record<string, (target: Target, camera: TargetCamera) => Promise<unknown>>
> = {
  // It counts one path less than the exchanges before it leave behind: the recorder had cleaned up.
  'page: out of range': ({ api }) => api.remove('bad/empty-object'),
  'runtime state, camera lost': (_target, camera) => camera.endStream(),
  'list after the file was rewritten': ({ rewriteFile }) => rewriteFile({}),
  'version and start after a restart': ({ restart }) => restart(),
};

/** Exchanges that cannot be replayed, and why. There are none. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {};

onEveryTarget(({ itSince, use, useCamera }) => {
  const target = use();
  const camera = useCamera(target);

  itSince([1, 20], 'answers a replayed recording of 1.20.1 as it was answered then', async () => {
    const { exchanges } = await readRecording('1.20.1', camera().url);
    for (const exchange of exchanges) {
      if (exchange.note in NOT_REPLAYED) continue;
      await BEHIND_THE_SCENES[exchange.note]?.(target(), camera());
      await replay(target().api, exchange);
    }
  });
});

/** A read is repeated until a write before it shows; a write is sent once. */
async function replay(
  api: ControlApi,
  { note, request, response }: RecordedExchange,
): Promise<void> {
  const { method, path, body } = request;
  const ask = async (): Promise<void> => {
    const answer = await api.call(method, path, body === undefined ? {} : { body });
    expect({ note, path, status: answer.status, body: comparable(answer.text) }).toEqual({
      note,
      path,
      status: response.status,
      body: withoutVersion(comparable(response.body), comparable(answer.text)),
    });
    expect(answer.headers['content-type']).toBe(response.contentType);
  };
  await (method === 'GET' ? eventually(ask, { timeoutMs: 10_000 }) : ask());
}

/** The recording is of one patch release; a later one answers the same but for its number. */
function withoutVersion(recorded: unknown, answered: unknown): unknown {
  const version = (answered as Json | null)?.['version'];
  return version === undefined ? recorded : { ...(recorded as object), version };
}

describe('the recorded versions', () => {
  for (const version of RECORDED_VERSIONS) {
    test(`${version} tells availability, its time, bytes and tracks under a known name`, async () => {
      const { exchanges } = await readRecording(version);
      const items = exchanges.flatMap(({ request, response }) =>
        runtimeItems(request.path, response.body),
      );
      expect(items.length).toBeGreaterThan(4);
      for (const item of items) {
        const isAvailable = item['available'] ?? item['ready'];
        const availableTime = item['availableTime'] ?? item['readyTime'];
        expect(typeof isAvailable).toBe('boolean');
        expect(availableTime === null).toBe(!isAvailable);
        expect(item['inboundBytes'] ?? item['bytesReceived']).toBeGreaterThanOrEqual(0);
        expect(item['tracks2'] ?? item['tracks']).toHaveLength(isAvailable === true ? 1 : 0);
      }
    });
  }
});

function runtimeItems(path: string, body: string): Json[] {
  if (!path.startsWith('/v3/paths/') || !body.includes('"confName"')) return [];
  const answer = JSON.parse(body) as Json;
  return (answer['items'] ?? [answer]) as Json[];
}
