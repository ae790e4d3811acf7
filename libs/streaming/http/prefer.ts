/** Too high: proxies give up first. */
export const MAX_WAIT_S = 30;

/**
 * RFC 7240 `Prefer: wait=N` in seconds. As the RFC asks, what is not understood is ignored; more than
 * 30 s is cut to 30 s.
 * @returns seconds to wait, null when there is no such preference
 */
export function preferredWait(header: string | string[] | undefined): number | null {
  const preferences = [header ?? []].flat().join(',').split(',');
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference)?.[1];
    if (seconds !== undefined) {
      return Math.min(Number(seconds), MAX_WAIT_S);
    }
  }
  return null;
}
