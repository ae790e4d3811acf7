import { setTimeout as sleep } from 'node:timers/promises';

import { descendantsOf, isAlive, readAllProcesses, type ProcessIdentity } from './process-table.js';

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** A child as it is written down, so that others can end it when we no longer can. */
export interface RecordedChild extends ProcessIdentity {
  readonly name: string;
  /** The signal on which it stops cleanly: SIGTERM makes PostgreSQL wait for its clients. */
  readonly stopSignal: StopSignal;
}

const POLL_MS = 50;
/** SIGKILL cannot be refused, but a process in the middle of a disk operation takes its time. */
const KILL_WAIT_MS = 2_000;

/** Signals that very process, never one that was given its pid later. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended in between.
  }
}

export async function untilGone(
  processes: readonly ProcessIdentity[],
  limitMs: number,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (processes.some(isAlive)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Kills without asking, and waits until they are gone. */
export async function killProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of processes) signalProcess(identity, 'SIGKILL');
  await untilGone(processes, KILL_WAIT_MS);
}

/**
 * Ends the children and all that they started: asks each in its own way, then kills what is left.
 * The descendants are read before anything is signalled, since they cannot be found any more once
 * their parent is gone.
 */
export async function endProcesses(
  children: readonly RecordedChild[],
  graceMs: number,
): Promise<void> {
  const rows = readAllProcesses();
  const everyone = [
    ...children,
    ...children.filter(isAlive).flatMap((child) => descendantsOf(child.pid, rows)),
  ];
  for (const child of children) signalProcess(child, child.stopSignal);
  if (!(await untilGone(everyone, graceMs))) await killProcesses(everyone);
}
