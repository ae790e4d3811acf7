/**
 * A camera that answers as it is told, request by request, on a free port of the loopback interface.
 * Its arithmetic of passwords is its own: it shares no code with who asks.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface RtspRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly userAgent: string | null;
  readonly cSeq: string | null;
}

/** What is written back, as it is; null: nothing, ever. */
export type Answer = string | null;
export type Behaviour = (request: RtspRequest, socket: Socket) => Answer;

export class FakeRtspCamera {
  readonly requests: RtspRequest[] = [];
  /** When each connection came; monotonic. */
  readonly connectedAtMs: number[] = [];
  mostAtOnce = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  /** @param tls to speak TLS with this key and certificate */
  static async start(
    behaviour: Behaviour,
    tls: { key: string; cert: string } | null = null,
  ): Promise<FakeRtspCamera> {
    const server = tls === null ? createServer() : createTlsServer(tls);
    const camera = new FakeRtspCamera(server, tls === null ? 'rtsp' : 'rtsps');
    server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
      camera.serve(socket, behaviour);
    });
    // A client that does not trust the certificate breaks the connection.
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return camera;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.connectedAtMs.length;
  }

  get logins(): number {
    return this.requests.filter(({ authorization }) => authorization !== null).length;
  }

  /** Whether Vigia itself has asked it anything, and not only MediaMTX. */
  get wasProbed(): boolean {
    return this.requests.some(({ userAgent }) => userAgent === 'vigia');
  }

  url(userInfo = '', path = '/live'): string {
    return `${this.scheme}://${userInfo === '' ? '' : `${userInfo}@`}127.0.0.1:${this.port}${path}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await once(this.server, 'close');
  }

  private serve(socket: Socket, behaviour: Behaviour): void {
    this.connectedAtMs.push(performance.now());
    this.sockets.add(socket);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.sockets.size);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString();
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const request = parse(text.slice(0, end));
        text = text.slice(end + 4);
        this.requests.push(request);
        const answer = behaviour(request, socket);
        if (answer !== null && !socket.destroyed) socket.write(inTurn(answer, request));
      }
    });
  }
}

function parse(text: string): RtspRequest {
  const [line = '', ...headers] = text.split('\r\n');
  const [method = '', url = ''] = line.split(' ');
  const valueOf = (name: string): string | null =>
    headers.find((header) => header.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  return {
    method,
    url,
    authorization: valueOf('Authorization'),
    userAgent: valueOf('User-Agent'),
    cSeq: valueOf('CSeq'),
  };
}

/** MediaMTX takes an answer of another number for none. */
export const inTurn = (said: string, { cSeq }: RtspRequest): string =>
  said.replace('\r\nCSeq: 1\r\n', `\r\nCSeq: ${cSeq ?? '1'}\r\n`);

export const answer = (status: string, headers: readonly string[] = [], body = ''): string =>
  [
    `RTSP/1.0 ${status}`,
    'CSeq: 1',
    ...headers,
    ...(body === '' ? [] : ['Content-Type: application/sdp', `Content-Length: ${body.length}`]),
    '',
    body,
  ].join('\r\n');

export const sdp = (...media: readonly string[]): string =>
  ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=Camera', 't=0 0', ...media, ''].join('\r\n');

export const H264 = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000';
export const H265 = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000';
export const AAC = 'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/48000/2';
export const PCMU = 'm=audio 0 RTP/AVP 0';

export const OK = answer('200 OK', [], sdp(H264, AAC));

/** What a camera without a password says. */
export const open =
  (described = OK): Behaviour =>
  ({ method }) =>
    method === 'OPTIONS' ? answer('200 OK', ['Public: DESCRIBE']) : described;

export interface Account {
  readonly user: string;
  readonly password: string;
}

export function guardedByBasic({ user, password }: Account): Behaviour {
  const right = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return guarded('Basic realm="camera"', ({ authorization }) => authorization === right);
}

/** @param hasQop as RFC 7616 wants it; without, as most cameras speak: RFC 2069 */
export function guardedByDigest(
  { user, password }: Account,
  algorithm: 'MD5' | 'SHA-256',
  hasQop: boolean,
): Behaviour {
  const [realm, nonce] = ['IP Camera(12345)', 'a1b2c3d4e5f6'];
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const challenge = [
    `Digest realm="${realm}", nonce="${nonce}"`,
    ...(algorithm === 'MD5' ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? ['qop="auth,auth-int"'] : []),
  ].join(', ');
  return guarded(challenge, ({ method, url, authorization }) => {
    const given = (name: string): string =>
      new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(authorization ?? '')?.[1] ?? '';
    const [one, two] = [hash(`${user}:${realm}:${password}`), hash(`${method}:${url}`)];
    const expected = hasQop
      ? hash(`${one}:${nonce}:${given('nc')}:${given('cnonce')}:auth:${two}`)
      : hash(`${one}:${nonce}:${two}`);
    return given('response') === expected && given('username') === user && given('uri') === url;
  });
}

function guarded(challenge: string, isRight: (request: RtspRequest) => boolean): Behaviour {
  return (request, socket) => {
    if (request.method === 'OPTIONS') return open()(request, socket);
    return isRight(request) ? OK : answer('401 Unauthorized', [`WWW-Authenticate: ${challenge}`]);
  };
}
