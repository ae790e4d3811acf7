/**
 * The unit tests of the rules alone: what they do not notice, no other test is asked about, so that
 * the score says how well a rule is held where it lives.
 */
import jestConfig from '../../jest.config.js';

import { RULES } from './rules.mjs';

const unit = jestConfig.projects.find(({ displayName }) => displayName === 'unit');

export default {
  ...unit,
  testTimeout: jestConfig.testTimeout,
  testMatch: RULES.flatMap((name) => [
    `<rootDir>/libs/streaming/domain/${name}.spec.ts`,
    `<rootDir>/libs/streaming/domain/${name}.properties.spec.ts`,
  ]),
  setupFiles: ['<rootDir>/test/mutation/repeatable-properties.mjs'],
};
