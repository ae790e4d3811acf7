import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const OTHERS: { source: { url: string; secret: { userInfo: string; query: null } } } = {
  source: { url: 'rtsp://10.9.9.9/x', secret: { userInfo: 'u:secret', query: null } },
};

let logs = silentLogs();
let vigia: ControlPlane;

beforeEach(async () => {
  logs = silentLogs();
  vigia = new ControlPlane();
  await vigia.start();
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

  it('says which path and which fields, and no value', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    await vigia.run(65_000);
    expect(sentences(logs, 'warn')).toEqual(['path was altered by hand; it is configured again']);
    expect(logs.at(-1)?.fields).toEqual({ path: PATH, fields: ['source'] });
    expect(JSON.stringify(logs)).not.toMatch(/10\.9\.9\.9|secret/);
  });

  it('looks again at the next tick at what it found: the write may have been lost', async () => {
    vigia.node.alterByHand(PATH, OTHERS);
    vigia.node.answerNext('unknown');
    await vigia.run(65_000);
    expect(vigia.node.writes).toHaveLength(2);
    expect(vigia.node.specOf(PATH)?.source.url).not.toBe(OTHERS.source.url);
  });

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
    expect(sentences(logs, 'warn')).toEqual(['configuration not audited']);
    vigia.node.isAuditBroken = false;
    await vigia.run(TICK_MS);
    expect(vigia.node.writes).toHaveLength(1);
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
