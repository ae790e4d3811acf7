/**
 * Why the stack cannot run, as one line for the person at the terminal: what is wrong and what to
 * change. Anything else that is thrown is a fault of ours and is shown with its stack.
 */
export class StartupFailure extends Error {
  override readonly name = 'StartupFailure';
}

/** A field of a thrown thing. By its shape: an error of another realm is no `instanceof Error`. */
function textIn(thrown: unknown, field: 'message' | 'code'): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !(field in thrown)) return undefined;
  const value = (thrown as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}

/** The text of anything that can be thrown. */
export function messageOf(thrown: unknown): string {
  return textIn(thrown, 'message') ?? String(thrown);
}

/** The same of its deepest cause: `fetch` itself only says that it failed. */
export function rootMessageOf(thrown: unknown): string {
  const cause = typeof thrown === 'object' && thrown !== null && 'cause' in thrown && thrown.cause;
  if (cause) return rootMessageOf(cause);
  // Several addresses that all refused are one error without a message.
  return messageOf(thrown) || (systemCodeOf(thrown) ?? 'unknown');
}

/** `ENOENT` and the like, where the thrown thing is an error of the operating system. */
export function systemCodeOf(thrown: unknown): string | undefined {
  return textIn(thrown, 'code');
}
