/** A promise that a test keeps open for as long as it likes. */
export interface Gate {
  readonly promise: Promise<void>;
  readonly open: () => void;
}

export function aGate(): Gate {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
