/**
 * - live: dials, becomes available within milliseconds, bytes flow
 * - dead: every dial fails
 * - frozen: the connection stays open without packets; lost after the no-data timeout
 * - silent: available, and never a byte
 */
export type SourceBehaviour = 'live' | 'dead' | 'frozen' | 'silent';

/** A string is the whole URL. */
export type SourceMatch = string | RegExp | ((url: string) => boolean);

function matches(match: SourceMatch, url: string): boolean {
  if (typeof match === 'string') return match === url;
  return typeof match === 'function' ? match(url) : match.test(url);
}

/** Cameras live outside MediaMTX, so what is set here outlives a restart of the simulated server. */
export class SourceWorld {
  private readonly rules: { match: SourceMatch; behaviour: SourceBehaviour }[] = [];

  /** The latest rule that matches a URL wins. */
  set(match: SourceMatch, behaviour: SourceBehaviour): void {
    this.rules.unshift({ match, behaviour });
  }

  behaviourOf(url: string): SourceBehaviour {
    return this.rules.find((rule) => matches(rule.match, url))?.behaviour ?? 'live';
  }
}
