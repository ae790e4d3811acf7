import { RunningChild, type ChildOptions } from './running-child.js';

/**
 * Runs a command to its end, as a child that the guard knows of, and ends it when the stack is
 * stopped in between. Answers with what it said last if it failed.
 */
export async function runOnce(
  options: ChildOptions,
  signal: AbortSignal,
): Promise<{ readonly failure: string | undefined }> {
  signal.throwIfAborted();
  const child = new RunningChild(options);
  const kill = () => void child.kill();
  signal.addEventListener('abort', kill, { once: true });
  const how = await child.ended;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (how === 'code 0') return { failure: undefined };
  const last = child.tail.findLast((line) => line.trim() !== '');
  return { failure: last?.trim() ?? how };
}
