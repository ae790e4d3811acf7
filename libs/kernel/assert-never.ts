/** Makes a `switch` over a union exhaustive: adding a member fails the build, not the night shift. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
