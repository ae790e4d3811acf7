import { type StreamList, type StreamQuery } from '#api-client/client.js';

import { type VigiaApi } from '../api/vigia-api.js';

/** As many as the API gives at once. */
const LARGEST_PAGE = 500;

/** Follows the cursors as far as it must. */
export async function listAtMost(
  api: VigiaApi,
  query: StreamQuery,
  limit: number,
): Promise<StreamList> {
  const items: StreamList['items'] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(limit - items.length, LARGEST_PAGE);
    const page: StreamList = await api.listStreams({
      ...query,
      limit: size,
      ...(cursor !== null && { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, nextCursor: cursor };
}
