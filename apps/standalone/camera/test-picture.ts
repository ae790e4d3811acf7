import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 15_000;

/** In the order of how well they keep a one-second group of pictures without B-frames. */
const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  libx264: ['-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  libopenh264: ['-profile:v', 'constrained_baseline'],
  h264_videotoolbox: ['-profile:v', 'baseline', '-realtime', '1'],
};

const RATE = 25;
const SIZE = '640x360';

const CLOCK =
  "drawtext=text='%{localtime}':fontsize=28:fontcolor=white:box=1:boxcolor=black@0.6:" +
  'boxborderw=8:x=(w-text_w)/2:y=h-text_h-24';

/** What is drawn: with a font, a clock; without one, the pattern that counts its seconds. */
export const PICTURES = [
  { input: `testsrc2=size=${SIZE}:rate=${RATE}`, filter: CLOCK, what: 'a clock' },
  { input: `testsrc=size=${SIZE}:rate=${RATE}`, filter: 'null', what: 'a counter' },
] as const;

export type Picture = (typeof PICTURES)[number];

export interface Drawing {
  readonly picture: Picture;
  readonly encoder: string;
  readonly encoderFlags: readonly string[];
}

const pictureArgs = ({ input, filter }: Picture) => ['-f', 'lavfi', '-i', input, '-vf', filter];

/** Which pattern and which encoder an ffmpeg has, found by drawing one frame with each. */
export async function findDrawing(ffmpeg: string): Promise<Drawing | undefined> {
  for (const [encoder, encoderFlags] of Object.entries(ENCODERS)) {
    for (const picture of PICTURES) {
      const drawing = { picture, encoder, encoderFlags };
      if (await canDraw(ffmpeg, drawing)) return drawing;
    }
  }
  return undefined;
}

async function canDraw(ffmpeg: string, { picture, encoder }: Drawing): Promise<boolean> {
  const args = [...pictureArgs(picture), '-frames:v', '1', '-pix_fmt', 'yuv420p'];
  try {
    await run(
      ffmpeg,
      ['-nostdin', '-loglevel', 'error', ...args, '-c:v', encoder, '-f', 'null', '-'],
      {
        timeout: TIMEOUT_MS,
      },
    );
    return true;
  } catch {
    return false;
  }
}

/**
 * Publishes the picture as a camera would: H.264 that every browser plays, without B-frames (WebRTC
 * has none) and with a key frame each second, so that a viewer waits no longer.
 */
export function publishArgs({ picture, encoder, encoderFlags }: Drawing, url: string): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'warning', '-re'],
    ...pictureArgs(picture),
    ...['-c:v', encoder, ...encoderFlags, '-pix_fmt', 'yuv420p', '-threads', '1'],
    ...['-bf', '0', '-g', String(RATE), '-b:v', '800k'],
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp', url],
  ];
}
