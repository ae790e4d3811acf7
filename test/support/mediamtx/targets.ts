/**
 * Runs one suite on the simulator and on a real MediaMTX. Where no real one can be found, its tests
 * are skipped by name, and the reporter counts them: a double that nobody checks must not look green.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type MediaMtxBinary, findRealMediaMtx, isAtLeast } from './find-real-media-mtx.js';
import { RealTarget } from './real-target.js';
import { SimulatorTarget } from './simulator-target.js';
import { type Target, type TargetCamera, type TargetOptions } from './target.js';

/** A camera, a reader and a server may have to start first, on a busy machine. */
const TEST_TIMEOUT_MS = 30_000;
/** An idle connection is closed after 30 s, and a test waits for it. */
const STORY_TIMEOUT_MS = 60_000;
export const NEEDS_REAL = '(needs a real MediaMTX)';

export const realMediaMtx = await findRealMediaMtx();
const hasFfmpeg = await promisify(execFile)('ffmpeg', ['-version']).then(
  () => true,
  () => false,
);

type Test = () => void | Promise<void>;

export interface Suite {
  readonly isReal: boolean;
  readonly it: (name: string, test: Test) => void;
  /** For behaviour that older servers do not have. */
  readonly itSince: (version: readonly [number, number], name: string, test: Test) => void;
  /** One server for the whole suite; the result is available inside tests. */
  readonly use: (options?: TargetOptions) => () => Target;
  /** Real cameras are made with ffmpeg; without it the tests that follow are skipped by name. */
  readonly needsCamera: () => void;
  /** One camera for the whole suite, live at the start of it; includes `needsCamera`. */
  readonly useCamera: (target: () => Target) => () => TargetCamera;
  /**
   * For what takes long only because time must pass: begins at once, on a server of its own, while
   * other tests run; the test awaits the outcome.
   */
  readonly inBackground: <T>(story: (target: Target) => Promise<T>) => () => Promise<T>;
}

export function onEveryTarget(define: (suite: Suite) => void): void {
  describe('on the simulator', () => define(simulatorSuite()));
  onRealTarget(define);
}

/** For what only a real server can show. */
export function onRealTarget(define: (suite: Suite) => void): void {
  const version = realMediaMtx?.version ?? 'any version';
  describe(`on MediaMTX ${version}`, () => {
    define(realMediaMtx === null ? missingSuite() : realSuite(realMediaMtx));
  });
}

function simulatorSuite(): Suite {
  return {
    isReal: false,
    it: run,
    itSince: (_version, name, test) => run(name, test),
    needsCamera: () => undefined,
    ...serving((options) => SimulatorTarget.start(options)),
  };
}

function realSuite(binary: MediaMtxBinary): Suite {
  let isLackingCamera = false;
  const runOrSkip = (name: string, test: Test): void => {
    if (isLackingCamera) it.skip(`${name} (needs ffmpeg)`, test);
    else run(name, test);
  };
  const served = serving((options) => RealTarget.start(binary, options));
  const needsCamera = (): void => {
    isLackingCamera = !hasFfmpeg;
  };
  return {
    ...served,
    isReal: true,
    it: runOrSkip,
    itSince: (version, name, test) => {
      if (isAtLeast(binary.version, version)) runOrSkip(name, test);
      else it.skip(`${name} (since MediaMTX ${version.join('.')})`, test);
    },
    needsCamera,
    useCamera: (target) => {
      needsCamera();
      return isLackingCamera ? missing : served.useCamera(target);
    },
    inBackground: (story) => (isLackingCamera ? missing : served.inBackground(story)),
  };
}

function missingSuite(): Suite {
  const skip = (name: string, test: Test): void => it.skip(`${name} ${NEEDS_REAL}`, test);
  return {
    isReal: true,
    it: skip,
    itSince: (_version, name, test) => skip(name, test),
    use: () => missing,
    needsCamera: () => undefined,
    useCamera: () => missing,
    inBackground: () => missing,
  };
}

const missing = (): never => {
  throw new Error('only a skipped test could ask for this');
};

function serving(
  start: (options: TargetOptions) => Promise<Target>,
): Pick<Suite, 'use' | 'useCamera' | 'inBackground'> {
  return {
    use: (options = {}) =>
      shared(
        () => start(options),
        (target) => target.stop(),
      ),
    useCamera: (target) =>
      shared(
        () => target().camera(),
        async () => undefined,
      ),
    inBackground: (story) => {
      const outcome = onOwnServer(() => start({}), story);
      // Told to the test that awaits it; until then it must not end the process.
      outcome.catch(() => undefined);
      afterAll(() => outcome.catch(() => undefined), STORY_TIMEOUT_MS);
      return () => outcome;
    },
  };
}

async function onOwnServer<T>(
  start: () => Promise<Target>,
  story: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await start();
  try {
    return await story(target);
  } finally {
    await target.stop();
  }
}

const run = (name: string, test: Test): void => it(name, test, STORY_TIMEOUT_MS);

function shared<T>(start: () => Promise<T>, stop: (shared: T) => Promise<void>): () => T {
  let value: T | null = null;
  beforeAll(async () => {
    value = await start();
  }, TEST_TIMEOUT_MS);
  afterAll(async () => {
    if (value !== null) await stop(value);
  }, TEST_TIMEOUT_MS);
  return () => value!;
}
