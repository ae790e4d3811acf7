import { type Stream } from '#api-client/client.js';

import { NoSuchStream } from '../api/failures.js';
import { type VigiaApi } from '../api/vigia-api.js';

/** A camera's newest stream is the active one, if any is. @throws NoSuchStream */
export async function newestOfCamera(api: VigiaApi, cameraId: string): Promise<Stream> {
  const { items } = await api.listStreams({ cameraId, limit: 1 });
  const [newest] = items;
  if (newest === undefined) {
    throw new NoSuchStream(cameraId);
  }
  return newest;
}
