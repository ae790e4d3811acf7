import { setMaxListeners } from 'node:events';

/**
 * Runs `call` with a signal that aborts as soon as one of the sources does, like `AbortSignal.any`,
 * and leaves nothing behind: on Node 20 each signal of `any` stays on the list of its sources for
 * ever, and some of ours live as long as the process.
 */
export async function withAnySignal<T>(
  sources: readonly AbortSignal[],
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  for (const source of sources) {
    // As many listeners as calls are under way: no leak, of which the runtime would warn.
    setMaxListeners(0, source);
    source.addEventListener('abort', abort);
  }
  if (sources.some(({ aborted }) => aborted)) {
    abort();
  }
  try {
    return await call(controller.signal);
  } finally {
    for (const source of sources) {
      source.removeEventListener('abort', abort);
    }
  }
}
