/** What an operator reads: whom each line is about, and of each fault its beginning and its end. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS, World } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { type LogLine, silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const OUTAGE_MS = 60_000;

let logs: LogLine[];
let world: World;
let vigia: ControlPlane;
let stream: { id: string; path: string };

beforeEach(async () => {
  logs = silentLogs();
  world = new World();
  vigia = new ControlPlane({}, world);
  stream = await vigia.start();
  await vigia.run(10_000);
});

/** Whatever the scenario was. */
afterEach(() => {
  for (const { context, fields, sentence } of logs) {
    const said = { sentence, ...fields };
    expect(['Node', 'Stream']).toContain(context);
    expect(said).toMatchObject({ nodeId: 'default' });
    if ('path' in fields || context === 'Stream') {
      expect(said).toMatchObject({
        streamId: expect.any(String),
        cameraId: expect.stringMatching(/^gate-/),
      });
    }
  }
});

interface Fault {
  readonly begins: string | RegExp;
  readonly ends: string;
  readonly begin: () => unknown;
  readonly over: () => unknown;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'a node that does not answer': {
    begins: 'node does not answer',
    ends: 'node answers again',
    begin: () => (vigia.node.isDown = true),
    over: () => (vigia.node.isDown = false),
  },
  'a node that answers no writes': {
    begins: 'node does not answer',
    ends: 'node answers again',
    begin: async () => {
      vigia.node.answerNext(...Array.from({ length: 8 }, () => 'unknown' as const));
      await vigia.start('gate-4');
    },
    over: () => undefined,
  },
  'a poisoned node': {
    begins: /^A path that was altered by hand/,
    ends: 'node accepts writes again',
    begin: async () => {
      vigia.node.put('lobby');
      vigia.node.poisonedBy = 'lobby';
      await vigia.start('gate-4');
    },
    over: () => (vigia.node.poisonedBy = null),
  },
  'many paths that nobody knows': {
    begins: /^many paths have no stream/,
    ends: 'paths without a stream are removed again',
    begin: () => {
      Array.from({ length: 50 }, (_, i) => vigia.node.put(`cam/site-${i}`));
    },
    over: () => vigia.world.directory.adopt('default', 600_000),
  },
  'an audit that is not answered': {
    begins: 'configuration not audited; the next tick tries again',
    ends: 'configuration is audited again',
    begin: () => (vigia.node.isAuditBroken = true),
    over: () => (vigia.node.isAuditBroken = false),
  },
  'an agent that does not answer': {
    begins: 'node agent does not answer; the node is looked after without it',
    ends: 'node agent answers again',
    begin: () => Object.assign(world.agent, { isPresent: true, isDown: true }),
    over: () => (world.agent.isDown = false),
  },
  'a boot file that is not kept': {
    begins: 'what MediaMTX boots with is not up to date; tried again',
    ends: 'what MediaMTX boots with is up to date again',
    begin: () => Object.assign(world.agent, { isPresent: true, refusal: 'HTTP 500' }),
    over: () => (world.agent.refusal = null),
  },
  'paths that are left out of the boot file': {
    begins: 'paths are left out of what MediaMTX boots with: it would refuse them',
    ends: 'no path is left out of what MediaMTX boots with any more',
    begin: () => Object.assign(world.agent, { isPresent: true, leftOut: [PATH] }),
    over: () => (world.agent.leftOut = []),
  },
  'cameras that cannot be asked': {
    begins: 'silent cameras are not asked; tried again later',
    ends: 'silent cameras are asked again',
    begin: async () => {
      world.cameras.queue = Promise.reject(new Error('a fault of ours'));
      await world.cameras.queue.catch(() => undefined);
      vigia.node.camera(PATH, 'silent');
    },
    over: () => (world.cameras.queue = null),
  },
  'a database that takes no intent along': {
    begins: 'what is wanted is not brought to the node; the next tick tries again',
    ends: 'what is wanted is brought to the node again',
    begin: async () => {
      vigia.streams.isDown = true;
      await vigia.writer.enqueue({ path: PATH, priority: 'interactive' });
      await vigia.writer.enqueue({ path: 'cam/gate-4', priority: 'interactive' });
    },
    over: () => (vigia.streams.isDown = false),
  },
};

/** A tick that fails says so in the loop that runs it. */
const tick = (): Promise<unknown> => vigia.tick().catch(() => undefined);

async function run(ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
    await tick();
    await vigia.clock.advance(TICK_MS);
  }
}

const saying = (words: string | RegExp): LogLine[] =>
  logs.filter(({ sentence }) =>
    typeof words === 'string' ? sentence === words : words.test(sentence),
  );

describe.each(Object.entries(FAULTS))('%s', (_, { begins, ends, begin, over }) => {
  it('is said once, and its end once with its length', async () => {
    await begin();
    await run(OUTAGE_MS);
    await over();
    await run(4 * OUTAGE_MS);

    const [first, ...more] = saying(begins);
    expect(first?.level).toMatch(/^(warn|error)$/);
    expect(more).toEqual([]);
    expect(saying(ends)).toMatchObject([
      { level: 'log', context: 'Node', fields: { outageMs: expect.any(Number) } },
    ]);
    expect(saying(ends)[0]?.fields['outageMs']).toBeGreaterThan(0);
  });
});

describe('a holder that loses its lease', () => {
  it('says of what it leaves behind that it does not know its end', async () => {
    vigia.node.isDown = true;
    world.agent.isPresent = true;
    world.agent.isDown = true;
    await vigia.run(10_000);
    await vigia.clock.advance(20_000);
    const other = new ControlPlane({}, world, 'vigia-2:3000');
    await other.run(10_000);
    await vigia.lease.renew();
    await vigia.lease.renew();

    expect(
      saying('a fault is not followed any further by this process').map(({ fields }) => fields),
    ).toEqual(
      expect.arrayContaining([
        { nodeId: 'default', fault: 'node does not answer', outageMs: 40_000 },
        {
          nodeId: 'default',
          fault: 'node agent does not answer; the node is looked after without it',
          outageMs: 40_000,
        },
      ]),
    );
  });

  it('says the same when it lets the lease go', async () => {
    vigia.node.isDown = true;
    await vigia.run(10_000);
    await vigia.lease.release();
    await vigia.lease.release();

    expect(saying('a fault is not followed any further by this process')).toHaveLength(1);
  });
});

describe('a stream that fails', () => {
  it('is said when it does, and when its media is back, with for how long it had none', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.run(40_000);
    expect(saying('stream failed')).toMatchObject([
      { level: 'warn', fields: { streamId: stream.id, reason: 'SOURCE_NO_MEDIA' } },
    ]);
    vigia.node.camera(PATH, 'live');
    await vigia.run(10_000);

    const back = saying('stream changed').at(-1);
    expect(back?.fields).toMatchObject({ from: 'ERROR', to: 'RUNNING' });
    expect(back?.fields['outageMs']).toBeGreaterThan(20_000);
  });

  it('for a password that the camera refuses is for a person to mend', async () => {
    world.cameras.reports.set('rtsp://192.168.1.20:554/stream1', {
      kind: 'failed',
      code: 'SOURCE_AUTH_FAILED',
    } as never);
    vigia.node.camera(PATH, 'silent');
    await vigia.run(60_000);
    await settled();

    expect(saying('stream failed')).toMatchObject([
      { level: 'error', fields: { reason: 'SOURCE_AUTH_FAILED' } },
    ]);
  });
});

describe('a path that was altered by hand', () => {
  it('is said with whose it is', async () => {
    vigia.node.alterByHand(PATH, { onDemand: true });
    await vigia.run(65_000);

    expect(saying('path was altered by hand; it is configured again')).toMatchObject([
      { level: 'warn', context: 'Stream', fields: { streamId: stream.id, path: PATH } },
    ]);
  });
});
