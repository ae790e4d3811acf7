/** For tests that take time because something real does: they happen side by side. */
import { beforeAll, it } from '@jest/globals';

/** Begins with the others of its block; the test of that name awaits its end. */
export function story(title: string, tell: () => Promise<void>, timeoutMs: number): void {
  let told: Promise<void> | null = null;
  beforeAll(() => {
    told = tell();
    told.catch(() => undefined);
  });
  it(title, () => told!, timeoutMs);
}
