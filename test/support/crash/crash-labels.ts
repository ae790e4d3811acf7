/**
 * Where a process of the API can be made to die, between two things that must not depend on each
 * other having happened: a commit and a call, a call and its answer, an answer and a commit.
 */
export const CRASH_LABELS = [
  /** A start or a stop is committed, and nobody has been told. */
  'after-commit',
  'before-replace',
  'after-replace',
  /** Around the save of what was observed, when there is something to save. */
  'before-save',
  'after-save',
  'before-delete',
  'after-delete',
] as const;

export type CrashLabel = (typeof CRASH_LABELS)[number];
