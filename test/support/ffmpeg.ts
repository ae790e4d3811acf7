/** What makes pictures and looks at them; a camera of the tests needs it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasFfmpeg = await run('ffmpeg', ['-version']).then(
  () => true,
  () => false,
);

/** Reads two seconds of frames as a viewer would, over RTSP or HLS, and says what came. */
export async function readFrames(url: string): Promise<string> {
  const transport = url.startsWith('rtsp') ? ['-rtsp_transport', 'tcp'] : [];
  const { stdout } = await run(
    'ffprobe',
    [
      ...['-v', 'error', ...transport, '-select_streams', 'v:0', '-count_frames'],
      ...['-read_intervals', '%+2', '-show_entries', 'stream=codec_name,nb_read_frames'],
      ...['-of', 'json', url],
    ],
    { timeout: 15_000 },
  );
  const { streams } = JSON.parse(stdout) as {
    streams: { codec_name: string; nb_read_frames: string }[];
  };
  const [video] = streams;
  return Number(video?.nb_read_frames) > 1 ? `${video?.codec_name} with frames` : 'no frames';
}
