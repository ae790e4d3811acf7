/** What scripts decide on; told in --help and in docs/cli.md. */
export const EXIT = { ok: 0, failed: 1, wrongUsage: 2, unreachable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  0  done
  1  refused by the API, or failed
  2  wrong usage: nothing was asked for
  3  the API cannot be reached`;
