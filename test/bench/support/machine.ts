/** Where something was measured, without what would name that very machine. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

const GB = 2 ** 30;

export interface Versions {
  readonly postgres: string;
  /** Null where it took no part. */
  readonly mediaMtx: string | null;
}

export function describeMachine({ postgres, mediaMtx }: Versions): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / GB);
  const system = `${type()} ${release().split('-')[0] ?? ''}`;
  const node = mediaMtx === null ? 'the simulator' : `MediaMTX ${mediaMtx}`;
  return `${model}, ${availableParallelism()} cores, ${memory} GB, ${system}; Node ${process.version}, PostgreSQL ${postgres.split(' ')[0] ?? ''}, ${node}`;
}
