/** Ticks and the writer overlap: what one tick has handed over, the next one does not ask for again. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

silentLogs();

let vigia: ControlPlane;
beforeEach(async () => {
  vigia = new ControlPlane();
  await vigia.start('a');
  await vigia.start('b');
  await vigia.run(10_000);
  vigia.node.forgetAll();
  vigia.node.writes.splice(0);
});

function written(): string[] {
  return vigia.node.writes.map(({ path }) => path);
}

describe('a path that is absent in two looks and written only after the second', () => {
  it('is written once, when that is over before the second tick hands over', async () => {
    const release = vigia.node.holdWrites();
    await vigia.tick();
    vigia.node.put('cam/stranger');
    const newestDesired = vigia.streams.newestDesired.bind(vigia.streams);
    vigia.streams.newestDesired = async (...asked) => {
      await vigia.clock.advance(10);
      release();
      await settled();
      return newestDesired(...asked);
    };

    await vigia.tick();
    await vigia.run(10_000);
    expect(written()).toEqual(['cam/a', 'cam/b']);
  });

  it('is written once, when it had its turn and its intent was still being read', async () => {
    const intentFor = vigia.streams.intentFor.bind(vigia.streams);
    let read = (): void => undefined;
    const mayRead = new Promise<void>((resolve) => {
      read = resolve;
    });
    vigia.streams.intentFor = async (...asked) => {
      await mayRead;
      return intentFor(...asked);
    };
    await vigia.tick();
    await vigia.tick();

    await vigia.clock.advance(10);
    read();
    await settled();
    await vigia.run(10_000);
    expect(written()).toEqual(['cam/a', 'cam/b']);
  });
});
