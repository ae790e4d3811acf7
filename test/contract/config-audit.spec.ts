/**
 * What was sent is compared with what is configured, so both must be written alike: whatever a server
 * changes in a value would look like drift for ever, and cost a write at each audit.
 */
import { expect } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';

import { type PathSpec } from '#streaming/domain/ports/media-mtx-client.js';
import { type SourceUrl, parseSourceUrl } from '#streaming/domain/source-url.js';
import { TRANSPORTS } from '#streaming/domain/stream-status.js';
import { HttpMediaMtxClient } from '#streaming/infrastructure/mediamtx/http-media-mtx-client.js';
import { eventually } from '#test/support/eventually.js';
import { eventuallyPresent } from '#test/support/mediamtx/looks.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const SOURCES = [
  'rtsp://127.0.0.1:9/a',
  'rtsp://127.0.0.1:9',
  'RTSP://127.0.0.1:9/Upper',
  'rtsp://user:p%40ss%3A%2F@127.0.0.1:9/a?token=x&y=%20z',
  'rtsp://u:pa$word@127.0.0.1:9/$path?q=$1',
  'rtsp://[::1]:9/six',
  "rtsp://u:a'b(c)@127.0.0.1:9/a;b,c/~d",
  'rtsp://127.0.0.1:9/a%20b/%7Etilde/%e4',
  'rtsps://127.0.0.1:9/a',
  'rtmp://127.0.0.1:9/app/key',
  'http://127.0.0.1:9/live.m3u8',
  'srt://127.0.0.1:9?streamid=read:a&passphrase=0123456789',
  'whep://127.0.0.1:9/a/whep',
];

const SPECS: PathSpec[] = SOURCES.map((source, index) => ({
  source: aSource(source),
  onDemand: index % 2 === 0,
  transport: TRANSPORTS[index % TRANSPORTS.length] ?? 'tcp',
}));

onEveryTarget(({ it, use }) => {
  const target = use();

  it('shows what was sent as it was sent, so that an audit finds no drift', async () => {
    const client = clientOf(target().port);
    const wanted = new Map(SPECS.map((spec, index) => [`audited/${index}`, spec]));
    for (const [path, spec] of wanted) {
      expect(await client.replace(path, spec)).toEqual({ kind: 'accepted' });
      await eventuallyPresent(target().api, path);
    }
    expect(await client.auditConfig(wanted)).toEqual({ kind: 'complete', drifted: new Map() });
    client.onApplicationShutdown();
  });

  it('shows what was altered by hand, field by field', async () => {
    const client = clientOf(target().port);
    const [spec] = SPECS;
    const wanted = new Map([['altered', spec!]]);
    await client.replace('altered', spec!);
    await eventuallyPresent(target().api, 'altered');
    const changes = [
      { source: 'rtsp://127.0.0.1:9/other' },
      { sourceOnDemand: !spec!.onDemand },
      { rtspTransport: 'multicast' },
    ];
    for (const change of changes) {
      await target().api.patch('altered', change);
      const fields = Object.keys(change);
      await eventually(async () => {
        const drifted = new Map([['altered', fields]]);
        expect(await client.auditConfig(wanted)).toEqual({ kind: 'complete', drifted });
      });
      await client.replace('altered', spec!);
    }
    client.onApplicationShutdown();
  });

  it('says what in its settings works against us, and that nothing does by default', async () => {
    const client = clientOf(target().port);
    expect(await client.inspect('cam/_vigia')).toMatchObject({
      hasUdpReadBufferSize: false,
      hasCatchAllPath: false,
      hasRecordCleaner: false,
    });
    const { api } = target();
    await api.call('PATCH', '/v3/config/pathdefaults/patch', {
      body: { recordDeleteAfter: '24h' },
    });
    await api.replace('all_others', {});
    // Last: from now on each write closes the listeners.
    await api.call('PATCH', '/v3/config/global/patch', { body: { rtspUDPReadBufferSize: 100 } });
    await eventually(async () => {
      expect(await client.inspect('cam/_vigia')).toMatchObject({
        hasUdpReadBufferSize: true,
        hasCatchAllPath: true,
        hasRecordCleaner: true,
      });
    });
    client.onApplicationShutdown();
  });
});

function aSource(url: string): SourceUrl {
  const parsed = parseSourceUrl(url);
  if (!parsed.ok) throw new Error(`our API would refuse ${url}`);
  return parsed.source;
}

function clientOf(port: number): HttpMediaMtxClient {
  return new HttpMediaMtxClient(new HttpService(axios.create()), {
    apiUrl: `http://127.0.0.1:${port}`,
    credentials: null,
    timeoutMs: 5_000,
  });
}
