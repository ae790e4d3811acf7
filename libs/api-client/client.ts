/**
 * A client of the API, made from its document and from nothing else of Vigia: openapi-typescript
 * writes the types (`npm run openapi`), openapi-fetch asks by them.
 */
import createClient, { type Client, type ClientOptions } from 'openapi-fetch';

import { type components, type operations, type paths } from './schema.js';

type Schemas = components['schemas'];

export type Stream = Schemas['Stream'];
export type StreamDetails = Schemas['StreamDetails'];
export type StreamList = Schemas['StreamList'];
export type StreamStatus = Schemas['StreamStatus'];
export type StartStream = Schemas['StartStream'];
export type StreamQuery = NonNullable<operations['listStreams']['parameters']['query']>;
export type Node = Schemas['Node'];
export type NodeList = Schemas['NodeList'];
export type CheckedSource = Schemas['CheckedSource'];
export type Problem = Schemas['Problem'];

export type VigiaClient = Client<paths>;

/** @param options `baseUrl` is where the API is, as `http://127.0.0.1:3000` */
export function createVigiaClient(options: ClientOptions & { baseUrl: string }): VigiaClient {
  return createClient<paths>(options);
}
