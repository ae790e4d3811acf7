import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const OTHERS: { source: { url: string; secret: { userInfo: string; query: null } } } = {
  source: { url: 'rtsp://10.9.9.9/x', secret: { userInfo: 'u:secret', query: null } },
};

const SUBJECT = { nodeId: 'default', cameraId: 'gate-3', path: PATH };

let logs = silentLogs();
let vigia: ControlPlane;
let stream: { id: string };

beforeEach(async () => {
  logs = silentLogs();
  vigia = new ControlPlane();
  stream = await vigia.start();
  await vigia.run(70_000);
  vigia.node.writes.length = 0;
});

describe('AuditConfig', () => {
  it('asks once per interval and writes nothing while all is as wanted', async () => {
    const before = vigia.node.audits;
    await vigia.run(600_000);
    expect(vigia.node.audits - before).toBe(10);
    expect(vigia.node.writes).toEqual([]);
  });

  it('has what was altered by hand written once, and is content', async () => {
    const wanted = vigia.node.specOf(PATH);
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.run(65_000);
    expect(vigia.node.writes).toEqual([{ verb: 'replace', path: PATH }]);
    expect(vigia.node.specOf(PATH)).toEqual(wanted);
    await vigia.run(300_000);
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('finds it within the interval, also when ticks fall just before its end', async () => {
    const before = vigia.node.audits;
    while (vigia.node.audits === before) {
      await vigia.clock.advance(TICK_MS);
      await vigia.tick();
    }
    vigia.node.alterByHand(PATH, OTHERS);
    for (let tick = 0; tick < 12; tick += 1) {
      await vigia.clock.advance(TICK_MS - 1);
      await vigia.tick();
    }
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('says which path and which fields, and no value', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.run(65_000);
    expect(sentences(logs, 'warn')).toEqual(['path was altered by hand; it is configured again']);
    expect(logs.at(-1)?.fields).toEqual({ ...SUBJECT, streamId: stream.id, fields: ['source'] });
    expect(JSON.stringify(logs)).not.toMatch(/10\.9\.9\.9|secret/);
  });

  it('looks again at the next tick at what it found: the write may have been lost', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.answerNext('unknown');
    await vigia.run(65_000);
    expect(vigia.node.writes).toHaveLength(2);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
  });

  it('does not take a 200 for a proof either', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.answerNext('lie');
    await vigia.run(60_000);
    expect(vigia.node.writes).toHaveLength(2);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
  });

  it('believes no answer about a path that was written meanwhile', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.clock.advance(60_000);
    const release = vigia.node.holdAudits();
    const tick = vigia.tick();
    await vigia.clock.advance(1);
    await vigia.writer.enqueue({ path: PATH, priority: 'interactive' });
    release();
    await tick;
    expect(vigia.node.writes).toHaveLength(1);
  });

  it.each([0, 1, 2, 3, 4])(
    'leaves the path to another write that comes %i steps after the answer',
    async (steps) => {
      vigia.node.alterByHand(PATH, OTHERS);
      await vigia.clock.advance(60_000);
      const release = vigia.node.holdAudits();
      const tick = vigia.tick();
      await vigia.clock.advance(1);
      release();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const other = vigia.writer.enqueue({ path: PATH, priority: 'interactive' });
      await Promise.all([tick, other]);
      expect(vigia.node.writes).toHaveLength(1);
    },
  );

  it('does not fight at each tick with somebody who alters it for ever', async () => {
    for (let ms = 0; ms < 600_000; ms += TICK_MS) {
      vigia.node.alterByHand(PATH, OTHERS);
      await vigia.run(TICK_MS);
    }
    expect(vigia.node.writes.length).toBeLessThanOrEqual(12);
  });

  it('audits at once after gaining the lease', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await vigia.lease.release();
    await other.tick();
    expect(vigia.node.writes).toEqual([{ verb: 'replace', path: PATH }]);
  });

  it('changes nothing on an answer that is not whole, and asks again at the next tick', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.isAuditBroken = true;
    await vigia.run(120_000);
    expect(vigia.node.writes).toEqual([]);
    expect(sentences(logs, 'warn')).toEqual([
      'configuration not audited; the next tick tries again',
    ]);
    vigia.node.isAuditBroken = false;
    await vigia.run(TICK_MS);
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('audits at once after an outage: what happened meanwhile is not known', async () => {
    vigia.node.isDown = true;
    await vigia.run(10_000);
    vigia.node.isDown = false;
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.run(TICK_MS);
    expect(vigia.node.writes).toEqual([{ verb: 'replace', path: PATH }]);
  });

  it('tries again at each tick while writes are not answered, and calls that no recovery', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.answerNext(...Array.from({ length: 5 }, () => 'unknown' as const));
    await vigia.run(60_000);
    expect(vigia.node.writes.length).toBeGreaterThan(1);
    expect(vigia.state.conditions.writeCause).not.toBeNull();
    await vigia.run(40_000);
    expect(vigia.node.writes).toHaveLength(6);
    expect(vigia.state.conditions.writeCause).toBeNull();
    expect(sentences(logs).filter((sentence) => /^(path|node) /.test(sentence))).toEqual([
      'path was altered by hand; it is configured again',
      'node does not answer',
      'node answers again',
    ]);
  });

  it('keeps nothing that is absent waiting for its answer', async () => {
    await vigia.start('other');
    await vigia.run(65_000);
    vigia.node.forgetAll();
    const release = vigia.node.holdAudits();
    await vigia.lease.release();
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    const tick = other.reconcileNode.execute(await other.hold());
    await settled();
    expect(vigia.node.names).toEqual(['cam/gate-3', 'cam/other']);
    release();
    await tick;
  });

  it('takes no media of a wrong source for evidence', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.run(40_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    vigia.node.camera(PATH, 'live');
    vigia.node.alterByHand(PATH, OTHERS);
    // It finds the drift at its first look, and the writes that put it right are lost.
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await vigia.lease.release();
    vigia.node.answerNext(...Array.from({ length: 4 }, () => 'unknown' as const));
    await other.run(15_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    await other.run(20_000);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('writes what was altered in another field than the source just the same', async () => {
    vigia.node.alterByHand(PATH, { onDemand: true, transport: 'udp' });
    await vigia.run(60_000);
    const said = logs.filter(({ sentence }) => sentence.includes('altered by hand'));
    expect(said.map(({ fields }) => fields)).toEqual([
      { ...SUBJECT, streamId: stream.id, fields: ['sourceOnDemand', 'rtspTransport'] },
    ]);
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('says nothing about an audit that a drain has ended', async () => {
    vigia.node.isAuditBroken = true;
    await vigia.clock.advance(60_000);
    await vigia.reconcileNode.execute(await vigia.hold(), AbortSignal.abort());
    expect(sentences(logs, 'warn')).toEqual([]);
  });

  it('does not audit a poisoned node, and does as soon as it is healed', async () => {
    vigia.node.poisonedBy = 'foreign';
    await vigia.start('other');
    await vigia.run(20_000);
    expect(vigia.state.isPoisoned).toBe(true);
    const before = vigia.node.audits;
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.run(120_000);
    expect(vigia.node.audits).toBe(before);
    vigia.node.poisonedBy = null;
    await vigia.run(10_000);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
  });

  it('leaves a refused body alone until its next try', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.refusedPaths.add(PATH);
    await vigia.run(600_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', reason: 'MEDIAMTX_REJECTED' });
    // After 5 s, 10 s and so on, at an audit; each is sent twice, to be sure who is to blame.
    expect(vigia.node.writes.filter(({ path }) => path === PATH).length).toBeLessThanOrEqual(16);
    vigia.node.refusedPaths.clear();
    await vigia.run(360_000);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
  });

  it('takes an intent that was never applied for no drift', async () => {
    await vigia.clock.advance(60_000);
    vigia.node.isBlind = true;
    vigia.node.answerNext('unknown');
    await vigia.start('other');
    vigia.node.put('cam/other');
    vigia.node.isBlind = false;
    await vigia.run(10_000);
    expect(sentences(logs)).not.toContain('path was altered by hand; it is configured again');
  });

  it('leaves foreign paths alone', async () => {
    vigia.node.put('foreign');
    await vigia.run(120_000);
    expect(vigia.node.writes).toEqual([]);
  });
});
