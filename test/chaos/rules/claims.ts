/** Nobody says RUNNING for long while no media flows, unless it says that it cannot know. */
import { type Story } from '../story/story.js';
import { NO_MEDIA } from '../story/witness.js';

/** A look may be 15 s old before it counts as none; the rest is for the look and for its answer. */
const LONGEST_MS = 17_000;

export function claimFaults({ cameras, watcher, witness }: Story): string[] {
  return cameras.flatMap(({ path }) => {
    const spans = witness.spans(path, NO_MEDIA);
    return watcher.claimsOf(path).flatMap((claim) => {
      const lengths = spans.map(
        (span) => Math.min(span.to, claim.to) - Math.max(span.from, claim.from),
      );
      const longestMs = Math.max(0, ...lengths);
      return longestMs > LONGEST_MS
        ? [`${path} was shown as RUNNING for ${Math.round(longestMs)} ms without media`]
        : [];
    });
  });
}
