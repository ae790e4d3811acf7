/** A database of a suite's own, and the adapters of two replicas that share it. */
import { Adapters } from './adapters.js';
import { aNewStream, aNode } from './builders.js';
import { TestDatabase } from './test-database.js';

export interface TwoReplicas {
  readonly database: TestDatabase;
  readonly one: Adapters;
  readonly other: Adapters;
  readonly close: () => Promise<void>;
}

export async function openTwoReplicas(): Promise<TwoReplicas> {
  const database = await TestDatabase.create();
  const [one, other] = await Promise.all([
    Adapters.connect(database.url),
    Adapters.connect(database.url),
  ]);
  await one.directory.upsert(aNode());
  const close = async (): Promise<void> => {
    await Promise.all([one.close(), other.close()]);
    await database.close();
  };
  return { database, one, other, close };
}

/** @returns its id */
export async function startOn(
  { streams }: Adapters,
  given: Parameters<typeof aNewStream>[0] = {},
): Promise<string> {
  const outcome = await streams.start(aNewStream(given));
  if (outcome.kind !== 'started') throw new Error('the camera is busy');
  return outcome.stream.id;
}
