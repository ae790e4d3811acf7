/**
 * Mutation tests of the pure rules: `npm run mutants`. What the score means, and why each survivor
 * lives, is in docs/reliability.md.
 */
import { RULES } from './test/mutation/rules.mjs';

export default {
  mutate: RULES.map((name) => `libs/streaming/domain/${name}.ts`),
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    configFile: 'test/mutation/jest.config.mjs',
    // Few files anyway, and jest's search for related ones does not know our #aliases.
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // ES modules of past runs stay in memory, about 20 MB a mutant. Too low: a new process too often.
  maxTestRunnerReuse: 40,
  // A mutant that times out counts as killed. Too low: a busy machine raises the score.
  timeoutMS: 60_000,
  // Nothing in the sandbox is type-checked: swc strips the types.
  disableTypeChecks: false,
  ignorePatterns: ['.vigia', 'coverage', 'dist', 'docs', 'apps'],
  tempDirName: '.vigia/mutants',
  cleanTempDir: 'always',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'coverage/mutants.json' },
  thresholds: { high: 95, low: 90, break: 85 },
};
