/** What happens to streams while their node is down, forgetful, poisoned, or shared with others. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';

let logs = silentLogs();
let vigia: ControlPlane;

beforeEach(() => {
  logs = silentLogs();
  vigia = new ControlPlane();
});

async function running(...cameras: string[]): Promise<{ id: string; path: string }[]> {
  const streams = [];
  for (const camera of cameras) {
    streams.push(await vigia.start(camera));
  }
  await vigia.run(10_000);
  return streams;
}

describe('a node that is down', () => {
  it('keeps a start STARTING with its reason for as long as it takes, and never an ERROR', async () => {
    vigia.node.isDown = true;
    const stream = await vigia.start();
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STARTING', reason: 'NODE_UNREACHABLE' });
    await vigia.run(600_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING']);
    vigia.node.isDown = false;
    await vigia.run(15_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: null });
  });

  it('moves no stream that runs, and writes nothing about it', async () => {
    const [stream] = await running('gate-3');
    const row = vigia.stateOf(stream!);
    const saves = vigia.streams.writes;
    vigia.node.isDown = true;
    await vigia.run(600_000);
    expect(vigia.stateOf(stream!)).toEqual(row);
    expect(vigia.streams.writes).toBe(saves);
    expect(vigia.state.conditions).toMatchObject({
      isReachable: false,
      cause: 'connection refused',
    });
  });

  it('stops the clock of the deadline while it cannot be looked at', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.follow.close();
    await vigia.run(10_000);
    vigia.node.isBlind = true;
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    vigia.node.isBlind = false;
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    expect(vigia.stateOf(stream).status).toBe('ERROR');
  });

  it('is said once when it goes, and once when it comes back', async () => {
    await running('gate-3');
    vigia.node.isDown = true;
    await vigia.run(60_000);
    vigia.node.isDown = false;
    await vigia.run(60_000);
    expect(sentences(logs).filter((line) => line.startsWith('node '))).toEqual([
      'node does not answer',
      'node answers again',
    ]);
  });

  it('answers looks but no writes: the path is applied once it does, and nothing fails meanwhile', async () => {
    vigia.node.answerNext('unknown', 'unknown', 'unknown');
    const stream = await vigia.start();
    await vigia.run(45_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });

  it('may have applied what it did not answer: the stream is RUNNING all the same', async () => {
    vigia.node.answerNext('lost');
    const stream = await vigia.start();
    await vigia.run(30_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });
});

describe('a node that forgot all its paths', () => {
  const cameras = ['gate-1', 'gate-2', 'gate-3'];

  it('gets every path back without any hand', async () => {
    const streams = await running(...cameras);
    vigia.node.forgetAll();
    await vigia.run(20_000);
    expect(vigia.node.names).toEqual(['cam/gate-1', 'cam/gate-2', 'cam/gate-3']);
    for (const stream of streams) {
      expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reconnects: 1 });
    }
  });

  it('gets them back also when it could not be looked at in between', async () => {
    const streams = await running(...cameras);
    vigia.node.isDown = true;
    await vigia.run(30_000);
    vigia.node.forgetAll();
    vigia.node.isDown = false;
    await vigia.tick();
    vigia.node.isBlind = true;
    await vigia.run(15_000);
    vigia.node.isBlind = false;
    await vigia.run(20_000);
    expect(vigia.node.names).toEqual(['cam/gate-1', 'cam/gate-2', 'cam/gate-3']);
    expect(streams.map((stream) => vigia.stateOf(stream).status)).toEqual(
      cameras.map(() => 'RUNNING'),
    );
  });

  it('gets them back from a process that never saw them, which changes no status at its first look', async () => {
    const streams = await running(...cameras);
    vigia.node.forgetAll();
    await vigia.clock.advance(20_000);
    const next = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await next.tick();
    expect(streams.map((stream) => next.stateOf(stream).status)).toEqual(
      cameras.map(() => 'RUNNING'),
    );
    expect(next.node.names).toEqual(['cam/gate-1', 'cam/gate-2', 'cam/gate-3']);
  });

  it('gets the paths that had viewers back before the others', async () => {
    await running(...cameras);
    vigia.node.watch('cam/gate-3', 2);
    await vigia.tick();
    vigia.node.forgetAll();
    const before = vigia.node.writes.length;
    await vigia.tick();
    expect(vigia.node.writes.slice(before)[0]?.path).toBe('cam/gate-3');
  });

  it('leaves an ERROR as it is until media flows', async () => {
    vigia.node.camera(PATH, 'silent');
    const [stream] = await running('gate-3');
    await vigia.run(30_000);
    expect(vigia.stateOf(stream!).status).toBe('ERROR');
    vigia.node.forgetAll();
    await vigia.run(60_000);
    expect(vigia.stateOf(stream!).status).toBe('ERROR');
    expect(vigia.node.names).toEqual([PATH]);
    vigia.node.camera(PATH, 'live');
    await vigia.run(10_000);
    expect(vigia.stateOf(stream!).status).toBe('RUNNING');
  });
});

describe('paths of somebody else', () => {
  it('stay where they are, also when a catch-all serves one of our names', async () => {
    vigia.node.put('lobby');
    vigia.node.put('camera/gate-9');
    vigia.node.put('cam/unknown', 'all_others');
    vigia.node.put('cam/gate-3', 'all_others');
    await running('gate-4');
    await vigia.run(300_000);
    expect(vigia.node.names).toEqual([
      'cam/gate-3',
      'cam/gate-4',
      'cam/unknown',
      'camera/gate-9',
      'lobby',
    ]);
  });

  it('do not stand for ours: a name that a catch-all took is applied, not called RUNNING', async () => {
    vigia.node.put(PATH, 'all_others');
    vigia.node.isBlind = true;
    vigia.node.answerNext('unknown');
    const stream = await vigia.start();
    vigia.node.isBlind = false;
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    expect(vigia.node.specOf(PATH)).not.toBeNull();
  });

  it('under our prefix and without a row go after the grace', async () => {
    await running('gate-1', 'gate-2');
    vigia.node.put('cam/left-over');
    await vigia.run(55_000);
    expect(vigia.node.names).toContain('cam/left-over');
    await vigia.run(15_000);
    expect(vigia.node.names).toEqual(['cam/gate-1', 'cam/gate-2']);
  });

  it('that are many under our prefix stay for ever, and it is said once', async () => {
    for (let i = 0; i < 50; i += 1) {
      vigia.node.put(`cam/site-${i}`);
    }
    await vigia.run(600_000);
    expect(vigia.node.names).toHaveLength(50);
    expect(vigia.state.conditions.unknownPaths).toBe(50);
    expect(sentences(logs, 'error')).toHaveLength(1);
  });

  it("go on an operator's word, and only while it stands", async () => {
    vigia.node.put('cam/site-1');
    await vigia.run(600_000);
    await vigia.world.directory.adopt('default', 60_000);
    await vigia.tick();
    expect(vigia.node.names).toEqual([]);
    await vigia.clock.advance(60_000);
    vigia.node.put('cam/site-2');
    await vigia.run(600_000);
    expect(vigia.node.names).toEqual(['cam/site-2']);
  });

  it('are not what a judgement of a refusal has left behind: that goes at once', async () => {
    vigia.node.put('cam/_vigia');
    await vigia.tick();
    expect(vigia.node.names).toEqual([]);
  });

  it('stay when the database is suddenly empty', async () => {
    await running(...Array.from({ length: 30 }, (_, i) => `gate-${i}`));
    vigia.streams.wipe();
    await vigia.run(600_000);
    expect(vigia.node.names).toHaveLength(30);
  });

  it('whose newest row was stopped go at once', async () => {
    const [stream] = await running('gate-3');
    await vigia.stop(stream!.id);
    await vigia.run(10_000);
    vigia.node.put(PATH);
    await vigia.tick();
    expect(vigia.node.names).toEqual([]);
  });
});

describe('a node that refuses a body', () => {
  it('makes that stream an ERROR, after what is good had passed and the body was refused again', async () => {
    vigia.node.refusedPaths.add(PATH);
    const stream = await vigia.start();
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', reason: 'MEDIAMTX_REJECTED' });
    expect(vigia.node.writes).toEqual([
      { verb: 'replace', path: PATH },
      { verb: 'replace', path: 'cam/_vigia' },
      { verb: 'remove', path: 'cam/_vigia' },
      { verb: 'replace', path: PATH },
    ]);
    expect(vigia.node.names).toEqual([]);
  });

  it('blames nobody when the second try passes', async () => {
    vigia.node.answerNext('rejected');
    const stream = await vigia.start();
    await vigia.run(10_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });

  it('is asked again, five minutes apart at most, and believed when it takes the body', async () => {
    vigia.node.refusedPaths.add(PATH);
    const stream = await vigia.start();
    await vigia.run(3_600_000);
    const tries = vigia.node.writes.filter(({ path }) => path === PATH).length / 2;
    expect(tries).toBeGreaterThanOrEqual(12);
    expect(tries).toBeLessThanOrEqual(30);
    vigia.node.refusedPaths.clear();
    await vigia.run(320_000);
    expect(vigia.storyOf(stream)).toEqual([
      'new→STARTING',
      'STARTING→ERROR MEDIAMTX_REJECTED',
      'ERROR→RUNNING',
    ]);
  });

  it('takes it at last, and its camera is silent: the error says so', async () => {
    vigia.node.refusedPaths.add(PATH);
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    vigia.node.refusedPaths.clear();
    await vigia.run(120_000);
    expect(vigia.node.names).toEqual([PATH]);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', reason: 'SOURCE_NO_MEDIA' });
  });
});

describe('a node that is poisoned', () => {
  it('by somebody else: no stream is blamed, and it is said how to heal it', async () => {
    const [old] = await running('gate-1');
    const row = vigia.stateOf(old!);
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    const stream = await vigia.start();
    await vigia.run(600_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING']);
    expect(vigia.stateOf(stream).reason).toBeNull();
    expect(vigia.stateOf(old!)).toEqual(row);
    expect(vigia.state.conditions.isPoisoned).toBe(true);
    expect(sentences(logs, 'error')).toHaveLength(1);
  });

  it('by one of our paths: a sweep heals it and what waited is applied', async () => {
    await running('gate-1', 'gate-2');
    vigia.node.poisonedBy = 'cam/gate-2';
    const stream = await vigia.start();
    expect(vigia.state.isPoisoned).toBe(true);
    await vigia.run(20_000);
    expect(vigia.node.poisonedBy).toBeNull();
    expect(vigia.state.isPoisoned).toBe(false);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('refuses a removal: it is told as poisoned, and the removal is done when it is healed', async () => {
    const [stream] = await running('gate-3');
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    await vigia.stop(stream!.id);
    expect(vigia.state.isPoisoned).toBe(true);
    await vigia.run(60_000);
    vigia.node.poisonedBy = null;
    await vigia.run(60_000 + TICK_MS);
    expect(vigia.node.names).toEqual(['lobby']);
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it('for long, then healed by hand: all that waited is applied within a minute', async () => {
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    const streams = [await vigia.start('gate-1'), await vigia.start('gate-2')];
    await vigia.run(1_800_000);
    vigia.node.poisonedBy = null;
    await vigia.run(60_000 + 2 * TICK_MS);
    expect(streams.map((stream) => vigia.stateOf(stream).status)).toEqual(['RUNNING', 'RUNNING']);
  });

  it('restores everything at once when a restart has healed it', async () => {
    const streams = await running('gate-1', 'gate-2', 'gate-3');
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    await vigia.start('gate-4');
    expect(vigia.state.isPoisoned).toBe(true);
    vigia.node.forgetAll();
    vigia.node.poisonedBy = null;
    await vigia.run(2 * TICK_MS);
    expect(vigia.state.isPoisoned).toBe(false);
    expect(vigia.node.names).toEqual(expect.arrayContaining(streams.map(({ path }) => path)));
  });

  it('is not called poisoned any more when there is nothing left to write', async () => {
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    const stream = await vigia.start('gate-1');
    expect(vigia.state.isPoisoned).toBe(true);
    await vigia.stop(stream.id);
    await vigia.run(2 * TICK_MS);
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it('gets one write a tick of those that are due, and all others once a minute', async () => {
    await running('gate-1');
    vigia.node.put('lobby');
    vigia.node.poisonedBy = 'lobby';
    await vigia.start('gate-2');
    const before = vigia.node.writes.length;
    await vigia.run(300_000);
    const writesTo = (path: string): number =>
      vigia.node.writes.slice(before).filter((write) => write.path === path).length;
    expect(writesTo('cam/gate-1')).toBeGreaterThanOrEqual(5);
    expect(writesTo('cam/gate-1')).toBeLessThanOrEqual(6);
    expect(writesTo('cam/gate-2')).toBeLessThanOrEqual(300_000 / TICK_MS + 1);
  });
});
