/** One exact code for each way in which a camera fails, and none of them takes a sleep. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:net';
import { once } from 'node:events';

import { parseSourceUrl } from '#streaming/domain/source-url.js';
import { type Asking, ProbeAborted } from '#streaming/domain/ports/source-probe.js';
import { type SourceReport } from '#streaming/domain/source-report.js';
import { NetworkSourceProbe } from '#streaming/infrastructure/probe/network-source-probe.js';
import {
  AAC,
  type Behaviour,
  FakeRtspCamera,
  H264,
  H265,
  OK,
  PCMU,
  answer,
  guardedByBasic,
  guardedByDigest,
  open,
  sdp,
} from '#test/support/cameras/fake-rtsp-camera.js';
import { freePort } from '#test/support/free-port.js';
import { selfSigned } from '#test/support/cameras/self-signed.js';

import { CANARY } from '../support/canary/canary.mjs';

const LIMITS = {
  connectMs: 300,
  answerMs: 300,
  wholeMs: 5_000,
  maxHeaderBytes: 4_096,
  maxBodyBytes: 16_384,
  maxRedirects: 3,
};
const ACCOUNT = { user: 'ad:min', password: `p@ss/${CANARY}` };
const RIGHT = `ad%3Amin:p%40ss%2F${CANARY}`;
const WRONG = 'admin:wrong';

const cameras: FakeRtspCamera[] = [];
const probe = new NetworkSourceProbe(LIMITS);

afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
});

async function aCamera(...given: Parameters<typeof FakeRtspCamera.start>): Promise<FakeRtspCamera> {
  const camera = await FakeRtspCamera.start(...given);
  cameras.push(camera);
  return camera;
}

function ask(url: string): Promise<SourceReport> {
  const parsed = parseSourceUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return probe.probe(parsed.source);
}

const failed = (code: string): SourceReport => ({ kind: 'failed', code }) as SourceReport;
const reachable = (...tracks: [string, string][]): SourceReport =>
  ({
    kind: 'reachable',
    tracks: tracks.map(([kind, codec]) => ({ kind, codec, hasBFrames: false })),
  }) as SourceReport;

const GUARDS: [string, Behaviour][] = [
  ['Basic', guardedByBasic(ACCOUNT)],
  ['Digest with MD5, as of RFC 2069', guardedByDigest(ACCOUNT, 'MD5', false)],
  ['Digest with MD5 and qop', guardedByDigest(ACCOUNT, 'MD5', true)],
  ['Digest with SHA-256', guardedByDigest(ACCOUNT, 'SHA-256', true)],
];

describe('a camera that wants a password', () => {
  it.each(GUARDS)('by %s is reachable with the right one', async (_, guard) => {
    const camera = await aCamera(guard);
    expect(await ask(camera.url(RIGHT))).toEqual(
      reachable(['video', 'H264'], ['audio', 'MPEG-4 Audio']),
    );
    expect(camera.logins).toBe(1);
  });

  it.each(GUARDS)('by %s is asked once with a wrong one', async (_, guard) => {
    const camera = await aCamera(guard);
    expect(await ask(camera.url(WRONG))).toEqual(failed('SOURCE_AUTH_FAILED'));
    expect(camera.logins).toBe(1);
  });

  it.each(GUARDS)('by %s is asked for nothing without one', async (_, guard) => {
    const camera = await aCamera(guard);
    expect(await ask(camera.url())).toEqual(failed('SOURCE_AUTH_FAILED'));
    expect(camera.logins).toBe(0);
  });

  it('and calls each nonce too old refuses it, whatever it says', async () => {
    const camera = await aCamera(guard401('Digest realm="a", nonce="n", stale=true'));
    expect(await ask(camera.url(WRONG))).toEqual(failed('SOURCE_AUTH_FAILED'));
    expect(camera.logins).toBe(1);
  });

  it('in a way that nobody knows speaks another protocol', async () => {
    const camera = await aCamera(guard401('Bearer realm="camera"'));
    expect(await ask(camera.url(RIGHT))).toEqual(failed('SOURCE_PROTOCOL'));
    expect(camera.logins).toBe(0);
  });

  it('and offers several ways is answered in the strongest', async () => {
    const camera = await aCamera(
      guard401('Basic realm="a", Digest realm="b, c", nonce="n", algorithm=SHA-256, qop="auth"'),
    );
    await ask(camera.url(RIGHT));
    expect(camera.requests.at(-1)?.authorization).toContain('algorithm=SHA-256');
  });
});

function guard401(challenge: string): Behaviour {
  return ({ method }) =>
    method === 'OPTIONS'
      ? answer('200 OK')
      : answer('401 Unauthorized', [`WWW-Authenticate: ${challenge}`]);
}

const STATUSES: [string, string][] = [
  ['403 Forbidden', 'SOURCE_AUTH_FAILED'],
  ['404 Not Found', 'SOURCE_NOT_FOUND'],
  ['453 Not Enough Bandwidth', 'SOURCE_BUSY'],
  ['400 Bad Request', 'SOURCE_NOT_FOUND'],
  ['454 Session Not Found', 'SOURCE_PROTOCOL'],
  ['500 Internal Server Error', 'SOURCE_PROTOCOL'],
  ['503 Service Unavailable', 'SOURCE_BUSY'],
];

const BEHAVIOURS: [string, Behaviour, string][] = [
  ['accepts and says nothing', () => null, 'SOURCE_TIMEOUT'],
  ['breaks the connection', (_, socket) => reset(socket), 'SOURCE_PROTOCOL'],
  ['ends the connection', (_, socket) => (socket.end(), null), 'SOURCE_PROTOCOL'],
  ['answers with garbage', () => 'GARBAGE'.repeat(9), 'SOURCE_PROTOCOL'],
  ['speaks HTTP', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', 'SOURCE_PROTOCOL'],
  [
    'sends a header without an end',
    () => `RTSP/1.0 200 OK\r\nX: ${'x'.repeat(5_000)}`,
    'SOURCE_PROTOCOL',
  ],
  ['sends a header that is none', () => 'RTSP/1.0 200 OK\r\nnothing\r\n\r\n', 'SOURCE_PROTOCOL'],
  [
    'announces a huge description',
    () => answer('200 OK', ['Content-Length: 99999999']),
    'SOURCE_PROTOCOL',
  ],
  [
    'announces what is no number',
    () => answer('200 OK', ['Content-Length: many']),
    'SOURCE_PROTOCOL',
  ],
  [
    'sends less than it announced',
    open(answer('200 OK', ['Content-Length: 900'])),
    'SOURCE_TIMEOUT',
  ],
  ['describes nothing', open(answer('200 OK', [], sdp())), 'SOURCE_PROTOCOL'],
  [
    'offers neither video nor audio',
    open(
      answer(
        '200 OK',
        [],
        sdp('m=application 0 RTP/AVP 98\r\na=rtpmap:98 vnd.onvif.metadata/90000'),
      ),
    ),
    'SOURCE_UNSUPPORTED_CODEC',
  ],
];

function reset(socket: { resetAndDestroy(): unknown }): null {
  socket.resetAndDestroy();
  return null;
}

describe('a camera that', () => {
  it.each(STATUSES)('answers %s: %s', async (status, code) => {
    const camera = await aCamera(open(answer(status)));
    expect(await ask(camera.url())).toEqual(failed(code));
  });

  it.each(BEHAVIOURS)('%s: %s', async (_, behaviour, code) => {
    const camera = await aCamera(behaviour);
    expect(await ask(camera.url())).toEqual(failed(code));
  });

  it('drips its answer is given up', async () => {
    const camera = await aCamera((_, socket) => {
      const drip = setInterval(() => socket.write('R'), 20);
      socket.on('close', () => clearInterval(drip));
      return 'RTSP/1.0 200 OK\r\nX: ';
    });
    expect(await ask(camera.url())).toEqual(failed('SOURCE_TIMEOUT'));
  });

  it('does not listen: SOURCE_REFUSED', async () => {
    expect(await ask(`rtsp://127.0.0.1:${await freePort()}/live`)).toEqual(
      failed('SOURCE_REFUSED'),
    );
  });

  it('has a name that nobody knows: SOURCE_DNS', async () => {
    expect(await ask('rtsp://camera.invalid/live')).toEqual(failed('SOURCE_DNS'));
  });

  const certificate = selfSigned();
  const withOpenssl = certificate === null ? it.skip : it;
  withOpenssl('has a certificate that nobody has signed: SOURCE_TLS (needs openssl)', async () => {
    const camera = await aCamera(open(), certificate);
    expect(await ask(camera.url())).toEqual(failed('SOURCE_TLS'));
  });

  it('speaks no TLS where it should: SOURCE_TIMEOUT', async () => {
    const camera = await aCamera(open());
    const url = camera.url().replace('rtsp:', 'rtsps:');
    // It takes the greeting for a request without an end, and says nothing.
    expect(await ask(url)).toEqual(failed('SOURCE_TIMEOUT'));
  });

  it('sends us round in a circle speaks no protocol', async () => {
    const camera = await aCamera(({ url }) => answer('302 Found', [`Location: ${url}`]));
    expect(await ask(camera.url())).toEqual(failed('SOURCE_PROTOCOL'));
    expect(camera.connections).toBe(LIMITS.maxRedirects + 1);
  });

  it('sends us to where no camera is speaks no protocol', async () => {
    const camera = await aCamera(() => answer('302 Found', ['Location: http://127.0.0.1/']));
    expect(await ask(camera.url())).toEqual(failed('SOURCE_PROTOCOL'));
  });

  it('sends us to another one is followed, and its password stays with it', async () => {
    const other = await aCamera(open());
    const camera = await aCamera(() => answer('301 Moved', [`Location: ${other.url()}`]));
    expect(await ask(camera.url(RIGHT))).toMatchObject({ kind: 'reachable' });
    expect(other.requests.every(({ authorization }) => authorization === null)).toBe(true);
  });
});

describe('what a camera offers', () => {
  it.each([
    ['H.265 alone', [H265], [['video', 'H265']]],
    ['sound alone', [AAC], [['audio', 'MPEG-4 Audio']]],
    [
      'a payload type that needs no name',
      [H264, PCMU],
      [
        ['video', 'H264'],
        ['audio', 'G711'],
      ],
    ],
    [
      'what nobody knows',
      ['m=video 0 RTP/AVP 99\r\na=rtpmap:99 X-NEW/90000'],
      [['video', 'Generic']],
    ],
  ] as [string, string[], [string, string][]][])('%s', async (_, media, tracks) => {
    const camera = await aCamera(open(answer('200 OK', [], sdp(...media))));
    expect(await ask(camera.url())).toEqual(reachable(...tracks));
  });

  it('tells of B-frames where its parameter sets do', async () => {
    const sets = 'sprop-parameter-sets=Z2QAHqzZQKAv+XARAAADAAEAAAMAMg8WLZY=,aOvjyyLA';
    const media = `${H264}\r\na=fmtp:96 packetization-mode=1; ${sets}; profile-level-id=64001E`;
    const camera = await aCamera(open(answer('200 OK', [], sdp(media))));
    expect(await ask(camera.url())).toEqual({
      kind: 'reachable',
      tracks: [{ kind: 'video', codec: 'H264', hasBFrames: true }],
    });
  });
});

describe('many probes', () => {
  it('of one camera use one connection at a time', async () => {
    const camera = await aCamera(open());
    const reports = await Promise.all(Array.from({ length: 12 }, () => ask(camera.url())));
    expect(reports.every(({ kind }) => kind === 'reachable')).toBe(true);
    expect(camera.connections).toBe(12);
    expect(camera.mostAtOnce).toBe(1);
  });

  it('of many cameras use eight connections in all', async () => {
    let [now, most] = [0, 0];
    const silent: Behaviour = (_, socket) => {
      now += 1;
      most = Math.max(most, now);
      socket.on('close', () => (now -= 1));
      return null;
    };
    const all = await Promise.all(Array.from({ length: 12 }, () => aCamera(silent)));
    await Promise.all(all.map((camera) => ask(camera.url())));
    expect(most).toBe(8);
  });
});

describe('a source that is not RTSP', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map(async (server) => (server.close(), once(server, 'close'))),
    );
  });

  async function serving(text: string | null): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (text !== null) socket.once('data', () => socket.end(text));
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  }

  const http = (status: string, body: string): string =>
    `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

  it.each([
    ['200 OK', '#EXTM3U\n#EXT-X-VERSION:3\n', { kind: 'reachable', tracks: null }],
    ['200 OK', '<html></html>', failed('SOURCE_PROTOCOL')],
    ['401 Unauthorized', '', failed('SOURCE_AUTH_FAILED')],
    ['404 Not Found', '', failed('SOURCE_NOT_FOUND')],
    ['503 Service Unavailable', '', failed('SOURCE_BUSY')],
  ])('HLS: %s %j', async (status, body, report) => {
    const port = await serving(http(status, body));
    expect(await ask(`http://127.0.0.1:${port}/live/index.m3u8`)).toEqual(report);
  });

  it('RTMP and WHEP: somebody listens, or not', async () => {
    const port = await serving(null);
    const shut = await freePort();
    for (const scheme of ['rtmp', 'whep']) {
      expect(await ask(`${scheme}://127.0.0.1:${port}/live/key`)).toEqual({
        kind: 'reachable',
        tracks: null,
      });
      expect(await ask(`${scheme}://127.0.0.1:${shut}/live/key`)).toEqual(failed('SOURCE_REFUSED'));
    }
  });

  it('SRT: nothing can be said but that its name is known', async () => {
    expect(await ask('srt://127.0.0.1:8890?streamid=read:a')).toEqual({ kind: 'unknown' });
    expect(await ask('srt://camera.invalid:8890')).toEqual(failed('SOURCE_DNS'));
  });
});

it('whatever is answered, OK too, holds no password', async () => {
  const camera = await aCamera(guardedByBasic(ACCOUNT));
  const reports = [await ask(camera.url(RIGHT)), await ask(camera.url(WRONG))];
  expect(JSON.stringify(reports)).not.toContain(CANARY);
  expect(OK).not.toContain(CANARY);
});

describe('a probe that nobody wants any more', () => {
  const unwanted = (asking: Asking, camera: FakeRtspCamera): Promise<SourceReport> => {
    const parsed = parseSourceUrl(camera.url(RIGHT));
    if (!parsed.ok) throw new Error(parsed.problem);
    return probe.probe(parsed.source, asking);
  };

  it('dials nobody when its turn comes', async () => {
    const camera = await aCamera(open());
    await expect(unwanted({ signal: AbortSignal.abort() }, camera)).rejects.toThrow(ProbeAborted);
    await expect(unwanted({ isStillDue: () => false }, camera)).rejects.toThrow(ProbeAborted);
    expect(camera.connections).toBe(0);
  });

  it('has no answer, and does not blame the camera', async () => {
    const ending = new AbortController();
    const camera = await aCamera(() => {
      ending.abort();
      return null;
    });
    await expect(unwanted({ signal: ending.signal }, camera)).rejects.toThrow(ProbeAborted);
  });
});

describe('a camera that keeps its place for as long as it can', () => {
  it('is given up as a whole, redirects and dripped headers included', async () => {
    const brief = new NetworkSourceProbe({ ...LIMITS, answerMs: 5_000, wholeMs: 300 });
    const camera = await aCamera((_, socket) => {
      const timer = setInterval(() => socket.write('a:\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
      return `RTSP/1.0 200 OK\r\n${'a:\r\n'.repeat(900)}`;
    });
    const parsed = parseSourceUrl(camera.url());
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(await brief.probe(parsed.source)).toEqual(failed('SOURCE_TIMEOUT'));
  });

  it('does not keep first questions from the others', async () => {
    const slow = new NetworkSourceProbe({ ...LIMITS, answerMs: 60_000, wholeMs: 60_000 });
    const ending = new AbortController();
    const ask = (camera: FakeRtspCamera, asking: Asking): Promise<SourceReport> => {
      const parsed = parseSourceUrl(camera.url());
      if (!parsed.ok) throw new Error(parsed.problem);
      return slow.probe(parsed.source, asking);
    };
    const mute = await Promise.all(Array.from({ length: 12 }, () => aCamera(() => null)));
    const patient = mute.map((camera) =>
      ask(camera, { isPatient: true, signal: ending.signal }).catch(() => null),
    );
    const quick = await aCamera(open());
    expect(await ask(quick, {})).toMatchObject({ kind: 'reachable' });
    ending.abort();
    await Promise.all(patient);
  });
});
