import {
  type CheckedSource,
  type NodeList,
  type StartStream,
  type Stream,
  type StreamDetails,
  type StreamList,
  type StreamQuery,
} from '#api-client/client.js';

/**
 * What the commands ask of the API. All of it throws ApiRefused with the problem document,
 * ApiUnreachable, NotTheApi, or Interrupted.
 */
export abstract class VigiaApi {
  abstract listStreams(query: StreamQuery): Promise<StreamList>;
  abstract stream(id: string): Promise<StreamDetails>;
  /** @param waitS how long the answer may be held until the stream runs; null: not at all */
  abstract start(body: StartStream, waitS: number | null): Promise<Stream>;
  abstract stop(id: string): Promise<Stream>;
  abstract nodes(): Promise<NodeList>;
  abstract checkSource(source: string): Promise<CheckedSource>;
}
