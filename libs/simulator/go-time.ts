/** Instants: milliseconds with a fraction, so that two events never share one, and never backwards. */
export const now = (): number => performance.timeOrigin + performance.now();

/** What Go shows for a time that was never set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** RFC 3339 with nanoseconds, trailing zeros dropped, as Go writes it. */
export function goTime(instant: number): string {
  const wholeMs = Math.floor(instant);
  const seconds = new Date(wholeMs).toISOString().slice(0, 19);
  const nanos = (wholeMs % 1000) * 1e6 + Math.floor((instant - wholeMs) * 1e6);
  const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
