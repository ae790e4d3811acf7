import { LOOPBACK } from '../network/ports.js';

export interface MediaMtxListeners {
  readonly api: number;
  readonly rtsp: number;
  readonly hls: number;
  readonly webrtc: number;
  readonly webrtcUdp: number;
}

export interface ApiAccount {
  readonly user: string;
  readonly password: string;
}

/** What neither of the two servers of the stack needs, and would listen beyond the loopback. */
const OFF = `
metrics: false
pprof: false
playback: false
rtmp: false
srt: false
moq: false`;

/**
 * The server that Vigia controls. Its API can run commands on this machine, so it has a password
 * even on the loopback: any page in a browser can send requests to 127.0.0.1.
 */
export function mediaMtxConfig(listeners: MediaMtxListeners, account: ApiAccount): string {
  return `# Written at each start of the local stack: changes are lost.
logLevel: info
logDestinations: [stdout]
api: true
apiAddress: ${LOOPBACK}:${listeners.api}
apiAllowOrigins: []
${OFF.trim()}
rtsp: true
rtspTransports: [tcp]
rtspAddress: ${LOOPBACK}:${listeners.rtsp}
hls: true
hlsAddress: ${LOOPBACK}:${listeners.hls}
webrtc: true
webrtcAddress: ${LOOPBACK}:${listeners.webrtc}
webrtcLocalUDPAddress: ${LOOPBACK}:${listeners.webrtcUdp}
webrtcIPsFromInterfaces: false
webrtcAdditionalHosts: [${LOOPBACK}]
authMethod: internal
authInternalUsers:
  - user: any
    ips: [${LOOPBACK}]
    permissions:
      - action: read
  - user: ${account.user}
    pass: ${account.password}
    ips: [${LOOPBACK}]
    permissions:
      - action: api
pathDefaults:
  rtspTransport: tcp
  # No cleaner that walks the disk at each change.
  recordDeleteAfter: 0s
# No all_others: it would answer for paths that Vigia has not made.
paths: {}
`;
}

/** The server that plays the part of a camera: one path, published to by ffmpeg. */
export function cameraConfig(rtspPort: number, path: string): string {
  return `# Written at each start of the local stack: changes are lost.
logLevel: warn
logDestinations: [stdout]
api: false
${OFF.trim()}
hls: false
webrtc: false
rtsp: true
rtspTransports: [tcp]
rtspAddress: ${LOOPBACK}:${rtspPort}
authMethod: internal
authInternalUsers:
  - user: any
    ips: [${LOOPBACK}]
    permissions:
      - action: publish
      - action: read
pathDefaults:
  recordDeleteAfter: 0s
paths:
  ${path}: {}
`;
}

/**
 * MTX_ variables of the person at the terminal are about another MediaMTX; here they would change
 * where it listens.
 */
export function mediaMtxEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(MTX|RTSP)_/.test(name)));
}
