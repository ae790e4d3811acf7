export interface Running {
  readonly apiUrl: string;
  /** Of the test camera, when there is one. */
  readonly cameraUrl: string | undefined;
  /** Where a browser shows the stream; nothing on the simulator. */
  readonly pageUrl: string | undefined;
  readonly logs: string;
}

const ELSEWHERE = 'rtsp://camera.example/stream';

/** What to do next: lines to copy, of which each does something one can see. */
export function welcome({ apiUrl, cameraUrl, pageUrl, logs }: Running): string[] {
  const body = JSON.stringify({ cameraId: 'test', source: cameraUrl ?? ELSEWHERE });
  const other =
    pageUrl === undefined ? 'a camera that the simulator pretends' : 'a camera of yours';
  const what = cameraUrl === undefined ? other : 'the test camera';
  return [
    '',
    `Start a stream of ${what}:`,
    `  curl -X POST ${apiUrl}/api/streams/start -H 'content-type: application/json' -d '${body}'`,
    'Show it:',
    `  curl '${apiUrl}/api/streams?cameraId=test'`,
    ...(pageUrl === undefined ? [] : ['See its picture in a browser:', `  ${pageUrl}`]),
    '',
    `Logs are in ${logs}. Ctrl-C stops everything; the data stays.`,
  ];
}
