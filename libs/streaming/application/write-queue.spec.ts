import { AsyncLocalStorage } from 'node:async_hooks';

import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';

import { PRIORITIES, type Priority, type WriteJob, WriteQueue } from './write-queue.js';

interface Done {
  readonly hasDialled: boolean;
  readonly number: number;
}

/** A node that takes its time for each write, and remembers what it was sent and when. */
class SlowNode {
  readonly begun: WriteJob[] = [];
  readonly atMs: number[] = [];
  inFlight = 0;
  mostInFlight = 0;
  private release: (() => void)[] = [];
  isHeld = false;

  constructor(
    private readonly clock: FakeClock,
    private readonly tookMs = 0,
  ) {}

  readonly run = async (job: WriteJob): Promise<Done> => {
    this.begun.push(job);
    this.atMs.push(this.clock.monotonicMs());
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const number = this.begun.length;
    if (this.tookMs > 0) {
      await this.clock.delay(this.tookMs);
    }
    if (this.isHeld) {
      await new Promise<void>((resolve) => this.release.push(resolve));
    }
    this.inFlight -= 1;
    return { hasDialled: true, number };
  };

  letGo(): void {
    this.isHeld = false;
    this.release.splice(0).forEach((resolve) => {
      resolve();
    });
  }

  get paths(): string[] {
    return this.begun.map(({ path }) => path);
  }
}

let clock: FakeClock;
let node: SlowNode;
let queue: WriteQueue<Done>;

beforeEach(() => {
  clock = new FakeClock();
  node = new SlowNode(clock);
  queue = new WriteQueue(clock, 0, node.run);
});

const all = (...paths: string[]): Promise<Done>[] =>
  paths.map((path) => queue.enqueue({ path, priority: 'background' }));

describe('WriteQueue', () => {
  it('runs what it is given, in order, and tells each caller the result', async () => {
    const results = await Promise.all(all('a', 'b', 'c'));
    expect(node.paths).toEqual(['a', 'b', 'c']);
    expect(results.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('sends interactive writes first, then watched ones, then the rest', async () => {
    const jobs = [...PRIORITIES]
      .reverse()
      .map((priority) => queue.enqueue({ path: priority, priority }));
    await Promise.all(jobs);
    expect(node.paths).toEqual(['interactive', 'watched', 'background']);
  });

  it('lets an interactive write wait for the one in flight and for no other', async () => {
    node.isHeld = true;
    const restore = all('a', 'b', 'c', 'd');
    await settled();
    const start = queue.enqueue({ path: 'z', priority: 'interactive' });
    node.letGo();
    await Promise.all([...restore, start]);
    expect(node.paths).toEqual(['a', 'z', 'b', 'c', 'd']);
  });

  it('merges writes of one path that wait, and answers everybody who asked for them', async () => {
    node.isHeld = true;
    const first = all('a');
    await settled();
    const rest = [...all('b', 'b'), queue.enqueue({ path: 'b', priority: 'interactive' })];
    expect(queue.depth).toBe(1);
    node.letGo();
    const results = await Promise.all([...first, ...rest]);
    expect(node.begun.slice(1)).toMatchObject([{ path: 'b', priority: 'interactive' }]);
    expect(results.map(({ number }) => number)).toEqual([1, 2, 2, 2]);
  });

  it('runs a path again that was asked for while it was in flight', async () => {
    node.isHeld = true;
    const first = all('a');
    await settled();
    const second = all('a');
    node.letGo();
    await Promise.all([...first, ...second]);
    expect(node.paths).toEqual(['a', 'a']);
  });

  it('keeps the stronger of what merged jobs may and must do', async () => {
    node.isHeld = true;
    const busy = all('z');
    await settled();
    const strong = {
      mayRemoveUnknown: true,
      onlyWhilePoisoned: false,
      mustRestart: true,
      lookedAtMs: 2_000,
    };
    const weak = {
      mayRemoveUnknown: false,
      onlyWhilePoisoned: true,
      mustRestart: false,
      lookedAtMs: 1_000,
    };
    const jobs = [
      queue.enqueue({ path: 'a', priority: 'watched', ...weak }),
      queue.enqueue({ path: 'a', priority: 'background', ...strong }),
      queue.enqueue({ path: 'b', priority: 'background', ...weak }),
      queue.enqueue({ path: 'b', priority: 'background', ...weak }),
    ];
    node.letGo();
    await Promise.all([...busy, ...jobs]);
    expect(node.begun.slice(1)).toEqual([
      { path: 'a', priority: 'watched', ...strong },
      { path: 'b', priority: 'background', ...weak },
    ]);
  });

  it('is idle when nothing is queued or in flight', async () => {
    await queue.idle();
    let isIdle = false;
    node.isHeld = true;
    const job = all('a');
    const idle = queue.idle().then(() => {
      isIdle = true;
    });
    await settled();
    expect(isIdle).toBe(false);
    node.letGo();
    await Promise.all([...job, idle]);
    expect(isIdle).toBe(true);
  });
});

describe('WriteQueue, pacing first dials', () => {
  beforeEach(() => {
    queue = new WriteQueue(clock, 20, node.run);
  });

  it('dials 20 cameras a second and no more', async () => {
    const jobs = all(...Array.from({ length: 41 }, (_, i) => `path-${i}`));
    await clock.advance(1_999);
    expect(node.begun).toHaveLength(40);
    await clock.advance(1);
    expect(node.begun).toHaveLength(41);
    await Promise.all(jobs);
  });

  it('has dialled twenty cameras after half a second, and then lets the second pass', async () => {
    const jobs = all(...Array.from({ length: 21 }, (_, i) => `path-${i}`));
    await clock.advance(475);
    expect(node.begun).toHaveLength(20);
    await clock.advance(524);
    expect(node.begun).toHaveLength(20);
    await clock.advance(1);
    await Promise.all(jobs);
    expect(node.begun).toHaveLength(21);
  });

  it('lets an interactive write pass at once, in the middle of a pause', async () => {
    const restore = all('a', 'b');
    await clock.advance(10);
    await queue.enqueue({ path: 'z', priority: 'interactive' });
    expect(clock.monotonicMs()).toBe(10);
    expect(node.paths).toEqual(['a', 'z']);
    await clock.advance(100);
    await Promise.all(restore);
  });

  it('does not make writes wait that dialled nobody', async () => {
    queue = new WriteQueue(clock, 20, async (job): Promise<Done> => {
      const { number } = await node.run(job);
      return { hasDialled: false, number };
    });
    await Promise.all(all('a', 'b', 'c'));
    expect(clock.monotonicMs()).toBe(0);
  });
});

describe('WriteQueue, closing', () => {
  it('lets the write in flight end and drops the others', async () => {
    node.isHeld = true;
    void all('a', 'b', 'c');
    await settled();
    const closed = queue.close();
    node.letGo();
    await closed;
    expect(node.paths).toEqual(['a']);
    expect(queue.depth).toBe(0);
  });

  it('does not sit out a pause', async () => {
    queue = new WriteQueue(clock, 1, node.run);
    void all('a', 'b');
    await settled();
    await queue.close();
    expect(node.paths).toEqual(['a']);
    expect(clock.monotonicMs()).toBe(0);
  });
});

describe('WriteQueue, for any sequence of requests', () => {
  const request = fc.record({
    path: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    priority: fc.constantFrom<Priority[]>(...PRIORITIES),
    afterMs: fc.constantFrom(0, 0, 1, 10, 60),
  });
  const requests = fc.array(request, { minLength: 1, maxLength: 30 });

  interface Ran {
    readonly node: SlowNode;
    readonly settled: number;
    readonly sent: readonly { readonly path: string; readonly atMs: number }[];
  }

  async function play(given: readonly (WriteRequest & { afterMs: number })[]): Promise<Ran> {
    const time = new FakeClock();
    const slow = new SlowNode(time, 7);
    const paced = new WriteQueue(time, DIALS_PER_SECOND, slow.run);
    const sent: { path: string; atMs: number }[] = [];
    let done = 0;
    for (const { afterMs, ...job } of given) {
      await time.advance(afterMs);
      sent.push({ path: job.path, atMs: time.monotonicMs() });
      void paced.enqueue(job).then(() => (done += 1));
    }
    await time.advance(60_000);
    return { node: slow, settled: done, sent };
  }

  it('has one write in flight, and answers every request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const ran = await play(given);
        expect(ran.node.mostInFlight).toBe(1);
        expect(ran.settled).toBe(given.length);
      }),
    );
  });

  it('sends each path again after whoever asked for it last', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const ran = await play(given);
        for (const { path, atMs } of ran.sent) {
          const last = ran.node.atMs.filter((_, i) => ran.node.paths[i] === path).at(-1);
          expect(last).toBeGreaterThanOrEqual(atMs);
        }
      }),
    );
  });

  it('dials for nobody who waits no sooner than the limit allows', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const { node: slow } = await play(given);
        slow.begun.forEach(({ priority }, i) => {
          const sinceMs = (back: number): number =>
            (slow.atMs[i] ?? 0) - (slow.atMs[i - back] ?? Number.NEGATIVE_INFINITY);
          const isPaced =
            sinceMs(1) >= 500 / DIALS_PER_SECOND && sinceMs(DIALS_PER_SECOND) >= 1_000;
          expect(priority === 'interactive' || isPaced).toBe(true);
        });
      }),
    );
  });

  it('begins an interactive write as soon as the one in flight ends', async () => {
    const restore = Array.from({ length: 20 }, (_, i) => ({
      path: `restore-${i}`,
      priority: 'background' as const,
      afterMs: 0,
    }));
    await fc.assert(
      fc.asyncProperty(fc.nat(200), async (afterMs) => {
        const start = { path: 'z', priority: 'interactive' as const, afterMs };
        const ran = await play([...restore, start]);
        const begunMs = ran.node.atMs[ran.node.paths.indexOf('z')] ?? Number.NaN;
        expect(begunMs - afterMs).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('tells how many wait, and for how long the oldest has, the one under way included', async () => {
    expect(queue.oldestMs).toBe(0);
    node.isHeld = true;
    void queue.enqueue({ path: 'a', priority: 'interactive' });
    await clock.advance(300);
    void queue.enqueue({ path: 'b', priority: 'interactive' });
    await clock.advance(700);
    expect([queue.depth, queue.oldestMs]).toEqual([1, 1_000]);
    node.letGo();
    await settled();
    expect([queue.depth, queue.oldestMs]).toEqual([0, 0]);
  });

  it('runs each job as whoever asked for it, and not as who woke the queue', async () => {
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const own = new WriteQueue<Done>(clock, 0, async (job) => {
      seen.push([job.path, caller.getStore()]);
      await clock.delay(10);
      return { hasDialled: false, number: 0 };
    });
    for (const name of ['one', 'other']) {
      caller.run(name, () => void own.enqueue({ path: name, priority: 'interactive' }));
    }
    await clock.advance(100);
    expect(seen).toEqual([
      ['one', 'one'],
      ['other', 'other'],
    ]);
  });
});

const DIALS_PER_SECOND = 20;
type WriteRequest = Pick<WriteJob, 'path' | 'priority'>;
