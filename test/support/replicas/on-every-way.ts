/**
 * Runs one story of several replicas twice: straight on Postgres, and through PgBouncer in
 * transaction mode. Both are told at the same time, each on a database and a node of its own, since
 * most of a story is waiting. Where there is no PgBouncer its tests are skipped by name, and counted.
 */
import { afterAll, beforeAll, it } from '@jest/globals';

import { PgBouncer } from '../pgbouncer.js';
import { Replicas, type ReplicasOptions } from './replicas.js';

const SET_UP_TIMEOUT_MS = 90_000;
const CHAPTER_TIMEOUT_MS = 120_000;

interface Way {
  readonly name: string;
  readonly isPooled: boolean;
  readonly isMissing: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'straight on Postgres', isPooled: false, isMissing: false },
  { name: 'through PgBouncer', isPooled: true, isMissing: PgBouncer.find() === null },
];

type Chapter = (replicas: Replicas) => Promise<void>;

/** @returns a function that declares the next chapter of the story: a test a way */
export function onEveryWay(options: ReplicasOptions): (name: string, chapter: Chapter) => void {
  const ways = WAYS.filter(({ isMissing }) => !isMissing);
  const stages = new Map<Way, Replicas>();
  beforeAll(async () => {
    await Promise.all(
      ways.map(async (way) => {
        stages.set(way, await Replicas.prepare(way.isPooled, options));
      }),
    );
  }, SET_UP_TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([...stages.values()].map((replicas) => replicas.stop()));
  }, SET_UP_TIMEOUT_MS);

  return (name, chapter) => {
    const told = once(() => new Map([...stages].map(([way, on]) => [way, quietly(chapter(on))])));
    for (const way of WAYS) {
      if (way.isMissing) it.skip(`${name}, ${way.name} (needs pgbouncer)`, () => undefined);
      else it(`${name}, ${way.name}`, () => told().get(way), CHAPTER_TIMEOUT_MS);
    }
  };
}

/** A failure is told to the test that awaits it; until then it must not end the process. */
function quietly(outcome: Promise<void>): Promise<void> {
  outcome.catch(() => undefined);
  return outcome;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
