import { type EffectivePath } from './path-body.js';
import { nameFault } from './path-name.js';
import { invalid } from './refusal.js';
import { parseSourceUrl } from './source-url.js';

/** Schemes and the type that the runtime state shows for a source of that scheme. */
const SOURCE_TYPES: readonly (readonly [prefix: string, type: string])[] = [
  ['rtsp://', 'rtspSource'],
  ['rtsps://', 'rtspSource'],
  ['rtsp+http://', 'rtspSource'],
  ['rtsps+http://', 'rtspSource'],
  ['rtsp+ws://', 'rtspSource'],
  ['rtsps+ws://', 'rtspSource'],
  ['rtmp://', 'rtmpSource'],
  ['rtmps://', 'rtmpSource'],
  ['http://', 'hlsSource'],
  ['https://', 'hlsSource'],
  ['udp://', 'mpegtsSource'],
  ['udp+mpegts://', 'mpegtsSource'],
  ['unix+mpegts://', 'mpegtsSource'],
  ['udp+rtp://', 'rtpSource'],
  ['unix+rtp://', 'rtpSource'],
  ['srt://', 'srtSource'],
  ['moqt://', 'moqSource'],
  ['whep://', 'webRTCSource'],
  ['wheps://', 'webRTCSource'],
];

export function sourceType(source: string): string | null {
  if (source === 'redirect') return 'redirect';
  if (source === 'rpiCamera') return 'rpiCameraSource';
  return SOURCE_TYPES.find(([prefix]) => source.startsWith(prefix))?.[1] ?? null;
}

export const isStaticSource = (source: string): boolean =>
  source !== 'publisher' && source !== 'redirect';

export function validateSource(path: EffectivePath): void {
  const { source } = path;
  if (source === 'publisher' || source === 'rpiCamera') return;
  if (source === 'redirect') {
    validateRedirect(path.sourceRedirect);
    return;
  }
  if (sourceType(source) === null) throw invalid(`invalid source: '${source}'`);
  if (!source.startsWith('unix+')) validateUrl(source);
  if (/^(udp|unix)\+rtp:/.test(source) && path.rtpSDP === '') {
    throw invalid('`rtpSDP` was not provided');
  }
}

function validateUrl(source: string): void {
  const url = parseSourceUrl(source);
  if (url.scheme.startsWith('udp') && !url.hasPort) {
    throw invalid(`'${source}' is missing the port`);
  }
}

function validateRedirect(target: string): void {
  if (target === '') throw invalid('source redirect must be filled');
  if (target.startsWith('/')) {
    const fault = nameFault(target.slice(1));
    if (fault !== null) throw invalid(`'${target}': ${fault}`);
    return;
  }
  if (!/^rtsps?:\/\/[^/?#]+/.test(target)) {
    throw invalid(`'${target}' is not a valid RTSP URL`);
  }
}
