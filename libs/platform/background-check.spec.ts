import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { BackgroundCheck, type Checked } from './background-check.js';

const MAX_AGE_MS = 1_400;

/** Answers when the test says so. */
class Dependency {
  asked = 0;
  /** How many had been asked when one was answered last. */
  answered = 0;
  isAskable = true;
  private answer: (value: string) => void = () => undefined;
  private fail: (err: Error) => void = () => undefined;

  ask(): Promise<string | null> {
    this.asked += 1;
    if (!this.isAskable) {
      return Promise.resolve(null);
    }
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  }

  async answers(value: string): Promise<void> {
    this.answered = this.asked;
    this.answer(value);
    await settled();
  }

  async fails(): Promise<void> {
    this.answered = this.asked;
    this.fail(new Error('refused'));
    await settled();
  }
}

let clock: FakeClock;
let dependency: Dependency;
let check: BackgroundCheck<string>;

beforeEach(() => {
  silentLogs();
  clock = new FakeClock();
  dependency = new Dependency();
  check = new BackgroundCheck({ name: 'Check', context: 'Database' }, () => dependency.ask(), {
    everyMs: 10,
    maxAgeMs: MAX_AGE_MS,
    clock,
  });
});

afterEach(async () => {
  const stopped = check.stop();
  await dependency.answers('the end');
  await stopped;
});

/** On a busy machine it may have asked already. */
async function asksAgain(): Promise<void> {
  while (dependency.asked === dependency.answered) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What somebody was told, or that they still wait. */
function told(asking: Promise<Checked<string>>): () => string {
  let kind = 'waiting';
  void asking.then((checked) => {
    kind = checked.kind;
  });
  return () => kind;
}

describe('what a background check knows', () => {
  it('is nothing before the first answer', () => {
    expect(check.current).toEqual({ kind: 'unknown' });
  });

  it('is the last answer, as old as its question', async () => {
    check.start();
    await clock.advance(300);
    await dependency.answers('well');
    await clock.advance(100);

    expect(check.current).toEqual({ kind: 'good', value: 'well', tookMs: 300, ageMs: 400 });
  });

  it('is nothing any more once good news is too old, though the question that hangs goes on', async () => {
    check.start();
    await dependency.answers('well');
    await asksAgain();

    await clock.advance(MAX_AGE_MS);
    expect(check.current.kind).toBe('good');
    await clock.advance(1);
    expect(check.current.kind).toBe('unknown');

    await dependency.answers('true when it was asked, long ago');
    expect(check.current.kind).toBe('unknown');
    await asksAgain();
    await dependency.answers('well');
    expect(check.current.kind).toBe('good');
  });

  it('is bad news at once, however young the good news is, and until there is good news', async () => {
    check.start();
    await dependency.answers('well');
    await asksAgain();
    await dependency.fails();
    expect(check.current.kind).toBe('failed');

    await asksAgain();
    await clock.advance(MAX_AGE_MS);
    expect(check.current.kind).toBe('failed');
    await dependency.answers('well');
    expect(check.current.kind).toBe('good');
  });

  it('stays and ages when it was no time to ask', async () => {
    check.start();
    await dependency.answers('well');
    dependency.isAskable = false;
    await clock.advance(MAX_AGE_MS);
    await asksAgain();
    await settled();

    expect(check.current).toMatchObject({ kind: 'good', ageMs: MAX_AGE_MS });
  });

  it('is not asked for twice at once', async () => {
    check.start();
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(dependency.asked).toBe(1);
  });
});

describe('who asks a background check', () => {
  it('is answered at once while something is known', async () => {
    check.start();
    await dependency.answers('well');
    await asksAgain();
    const asked = told(check.soon());
    await settled();

    expect(asked()).toBe('good');
  });

  it('gets the first answer when that is nearly there', async () => {
    check.start();
    const asked = told(check.soon());
    await clock.advance(20);
    expect(asked()).toBe('waiting');
    await dependency.answers('well');

    expect(asked()).toBe('good');
  });

  it('is not kept by one that hangs', async () => {
    check.start();
    const asked = told(check.soon());
    await clock.advance(25);

    expect(asked()).toBe('unknown');
  });

  it('is told at once that a question failed, while the next one hangs', async () => {
    check.start();
    await dependency.fails();
    await asksAgain();
    const asked = told(check.soon());
    await settled();

    expect(asked()).toBe('failed');
  });

  it('is not told what was true before the process stood still', async () => {
    check.start();
    await dependency.answers('well');
    await asksAgain();
    await clock.advance(60_000);
    const asked = check.soon();
    await dependency.fails();

    expect((await asked).kind).toBe('failed');
  });
});
