import { describe, expect, it } from '@jest/globals';

import { EXPLANATIONS, Reason, explain } from './reason.js';

describe('the reasons', () => {
  it('are all explained, each by one sentence of cause and one of what to do', () => {
    expect(Object.keys(EXPLANATIONS).sort()).toEqual(Object.values(Reason).sort());
    for (const sentence of Object.values(EXPLANATIONS).flatMap((one) => [one.cause, one.advice])) {
      expect(sentence).toMatch(/^[A-Z][^.]*(?:\.[0-9][^.]*)*\.$/);
    }
  });

  it('are told in words, and one of a newer version by its name', () => {
    expect(explain('SOURCE_DNS')).toBe(
      'The host name of the source does not resolve. Check the name in the URL, and the DNS server of the node.',
    );
    expect(explain('SOURCE_OF_TOMORROW')).toBe('SOURCE_OF_TOMORROW');
  });
});
