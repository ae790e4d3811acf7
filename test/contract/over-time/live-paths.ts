import { expect } from '@jest/globals';
import {
  DEAD,
  eventuallyAbsent,
  eventuallyFlows,
  eventuallyLooks,
  eventuallyPresent,
  eventuallyRead,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { type Suite } from '#test/support/mediamtx/targets.js';

export function livePaths({ it, itSince, use, useCamera }: Suite): void {
  const target = use();
  const camera = useCamera(target);

  itSince([1, 17], 'becomes available with tracks, and bytes that grow', async () => {
    const { api } = target();
    await api.replace('live/one', pulled(camera().url));
    const first = await eventuallyFlows(api, 'live/one');
    expect(first).toMatchObject({
      name: 'live/one',
      confName: 'live/one',
      ready: true,
      readyTime: first['availableTime'],
      online: true,
      source: { type: 'rtspSource', id: '' },
      tracks: ['H264'],
      tracks2: [{ codec: 'H264' }],
      readers: [],
      outboundBytes: 0,
      inboundFramesInError: 0,
      bytesReceived: first['inboundBytes'],
      bytesSent: 0,
    });
    const later = await eventuallyFlows(api, 'live/one', Number(first['inboundBytes']));
    expect(later['availableTime']).toBe(first['availableTime']);
  });

  it('leaves a stream and its viewer alone when it is replaced by the same', async () => {
    const { api } = target();
    await api.replace('live/same', pulled(camera().url));
    await eventuallyFlows(api, 'live/same');
    const viewer = await target().view('live/same');
    const before = await eventuallyRead(api, 'live/same');
    await api.replace('live/same', pulled(camera().url));
    await api.replace('live/marker', {});
    await eventuallyPresent(api, 'live/marker');
    const { json } = await api.path('live/same');
    expect(json).toMatchObject({
      availableTime: before['availableTime'],
      readers: before['readers'],
    });
    await viewer.leave();
    await eventuallyRead(api, 'live/same', 0);
  });

  it('keeps a stream and its viewer when only recording changes', async () => {
    const { api } = target();
    await api.replace('live/hot', pulled(camera().url));
    await eventuallyFlows(api, 'live/hot');
    await target().view('live/hot');
    const before = await eventuallyRead(api, 'live/hot');
    await api.patch('live/hot', { recordSegmentDuration: '30m' });
    await api.replace('live/hot/marker', {});
    await eventuallyPresent(api, 'live/hot/marker');
    expect((await api.config('live/hot')).json['recordSegmentDuration']).toBe('30m0s');
    const { json } = await api.path('live/hot');
    expect(json).toMatchObject({
      availableTime: before['availableTime'],
      readers: before['readers'],
    });
  });

  it('starts a stream afresh, without its viewers, when its source changes', async () => {
    const { api } = target();
    await api.replace('live/changed', pulled(camera().url));
    const before = await eventuallyFlows(api, 'live/changed');
    await target().view('live/changed');
    await eventuallyRead(api, 'live/changed');
    await api.patch('live/changed', { source: `${camera().url}?changed`, maxReaders: 1 });
    const after = await eventuallyLooks(api, 'live/changed', { available: true, readers: [] });
    expect(after['availableTime']).not.toBe(before['availableTime']);
  });

  it('closes the viewers of a deleted path, and touches no other path', async () => {
    const { api } = target();
    await api.replace('live/goes', pulled(camera().url));
    await api.replace('live/stays', pulled(camera().url));
    await eventuallyFlows(api, 'live/goes');
    const other = await eventuallyFlows(api, 'live/stays');
    await target().view('live/goes');
    await eventuallyRead(api, 'live/goes');
    await api.remove('live/goes');
    await eventuallyAbsent(api, 'live/goes');
    await api.replace('live/goes', pulled(DEAD));
    await eventuallyLooks(api, 'live/goes', { available: false, readers: [] });
    expect((await api.path('live/stays')).json['availableTime']).toBe(other['availableTime']);
  });

  it('is unavailable while the camera is gone, and starts counting anew when it is back', async () => {
    const { api } = target();
    await api.replace('live/lost', pulled(camera().url));
    const before = await eventuallyFlows(api, 'live/lost');
    await camera().endStream();
    const lost = await eventuallyLooks(api, 'live/lost', { available: false });
    expect(lost).toMatchObject({
      ready: false,
      availableTime: null,
      readyTime: null,
      online: true,
      onlineTime: before['onlineTime'],
      source: { type: 'rtspSource', id: '' },
      tracks: [],
      readers: [],
    });
    expect(lost['inboundBytes'] ?? lost['bytesReceived']).toBe(0);
    await camera().resume();
    const after = await eventuallyLooks(
      api,
      'live/lost',
      { available: true },
      { timeoutMs: 8_000 },
    );
    expect(after['availableTime']).not.toBe(before['availableTime']);
    await eventuallyFlows(api, 'live/lost');
  });
}
