import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Reason } from '#streaming/domain/reason.js';
import { reasonsPage } from '#streaming/http/reason-words.js';

const PAGE = path.resolve(import.meta.dirname, '../../docs/reasons.md');

it('docs/reasons.md says what the product says; if not, run: npm run reasons', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(reasonsPage());
});

it('has a section for each reason', () => {
  for (const code of Object.values(Reason)) {
    expect(reasonsPage()).toContain(`\n## ${code}\n`);
  }
});
