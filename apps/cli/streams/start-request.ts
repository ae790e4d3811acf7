import { type StartStream, type Stream } from '#api-client/client.js';

import { EXIT, type ExitCode } from '../exit-codes.js';

export type StartFields = Omit<StartStream, 'cameraId' | 'source'>;

/** What is asked for of each camera that is started. */
export interface StartRequest {
  readonly fields: StartFields;
  /** How long the answer may be held until it runs; null: not at all. */
  readonly waitS: number | null;
}

/** Who waits for a stream wants it to run; who does not has what was asked for. */
export function codeOfStart(streams: readonly Stream[], waitS: number | null): ExitCode {
  const isWanted = waitS === null || streams.every(({ status }) => status === 'RUNNING');
  return isWanted ? EXIT.ok : EXIT.failed;
}
