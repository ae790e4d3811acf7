import { type StreamState } from '../domain/stream.js';

export type NamedStream = Pick<StreamState, 'id' | 'cameraId' | 'path'>;
/** Of a stream, if it is known of which. */
export type NamedPath = Pick<NamedStream, 'path'> & Partial<NamedStream>;

/** Whom a log line is about, by the same names in every line. */
export interface StreamLine {
  readonly nodeId: string;
  readonly streamId?: string | undefined;
  readonly cameraId?: string | undefined;
  readonly path: string;
}

export function streamLine(nodeId: string, { id, cameraId, path }: NamedPath): StreamLine {
  return { nodeId, streamId: id, cameraId, path };
}
