import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import { z } from 'zod';

import { type RecordedChild } from './end-processes.js';

const RECORDED = z.array(
  z.object({
    pid: z.int().positive(),
    startedAt: z.string().min(1),
    name: z.string(),
    stopSignal: z.enum(['SIGTERM', 'SIGINT']),
  }),
);

export function parseRecordedChildren(json: string): RecordedChild[] {
  try {
    return RECORDED.catch([]).parse(JSON.parse(json));
  } catch {
    return [];
  }
}

/** What an earlier run wrote down; empty when there was none, or when the file makes no sense. */
export function readRecordedChildren(file: string): RecordedChild[] {
  try {
    return parseRecordedChildren(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/**
 * The children that run now, written to a file at each change (for the next run, should this one
 * and its guard be killed together) and handed to the guard.
 */
export class ChildLedger {
  private children: readonly RecordedChild[] = [];

  constructor(
    private readonly file: string,
    private readonly onChange: (children: readonly RecordedChild[]) => void,
  ) {}

  add(child: RecordedChild): void {
    this.change([...this.children, child]);
  }

  remove(pid: number): void {
    this.change(this.children.filter((child) => child.pid !== pid));
  }

  list(): readonly RecordedChild[] {
    return this.children;
  }

  private change(children: readonly RecordedChild[]): void {
    this.children = children;
    // The guard first: it matters more than the file, and cannot fail on a full disk.
    this.onChange(children);
    try {
      const next = `${this.file}.next`;
      writeFileSync(next, JSON.stringify(children));
      renameSync(next, this.file);
    } catch {
      // Only the second line of defence is lost; the stack must go on.
    }
  }
}
