/** The caller's own name of a camera. The last segment of a path, so it avoids MediaMTX's own suffixes. */
export const CAMERA_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** MediaMTX serves WebRTC under these names, so a camera of that name could not be watched. */
export const RESERVED_CAMERA_IDS: ReadonlySet<string> = new Set(['whep', 'whip', 'publish']);

export function isCameraId(value: string): boolean {
  return CAMERA_ID_PATTERN.test(value) && !RESERVED_CAMERA_IDS.has(value);
}

/** The name under which MediaMTX serves a camera; stored with the stream, so URLs stay. */
export function pathOf(prefix: string, cameraId: string): string {
  return `${prefix}/${cameraId}`;
}

export function isUnderPrefix(prefix: string, path: string): boolean {
  return path.startsWith(`${prefix}/`);
}

export interface PlaybackBases {
  readonly hls: string;
  readonly webrtc: string;
  readonly rtsp: string;
}

export interface PlaybackUrls {
  readonly hls: string;
  /** A page with a player. */
  readonly webrtc: string;
  readonly whep: string;
  readonly rtsp: string;
}

export function playbackUrls(bases: PlaybackBases, path: string): PlaybackUrls {
  const [hls, webrtc, rtsp] = [bases.hls, bases.webrtc, bases.rtsp].map((base) =>
    base.replace(/\/+$/, ''),
  ) as [string, string, string];
  return {
    hls: `${hls}/${path}/index.m3u8`,
    webrtc: `${webrtc}/${path}/`,
    whep: `${webrtc}/${path}/whep`,
    rtsp: `${rtsp}/${path}`,
  };
}
