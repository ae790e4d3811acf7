/** A password in a source reaches the node and nothing else, whatever goes wrong. */
import { inspect } from 'node:util';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { type LogLine, silentLogs } from '#test/support/streaming/silent-logs.js';

import { fullSourceUrl, parseSourceUrl } from '../domain/source-url.js';

const CANARY = 'canary-7f3a';
const PATH = 'cam/gate-3';

let logs: LogLine[] = [];
let vigia: ControlPlane;

beforeEach(() => {
  logs = silentLogs();
  vigia = new ControlPlane();
});

async function start(): Promise<{ id: string }> {
  const parsed = parseSourceUrl(`rtsp://admin:${CANARY}@10.0.0.7/1?token=${CANARY}`);
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  return vigia.start('gate-3', { source: parsed.source });
}

/** Rows, events, conditions and logs, as far as anybody can read them. */
async function everythingSaid(id: string): Promise<string> {
  const said = [
    await vigia.streams.findById(id),
    vigia.streams.eventsOf(id),
    await vigia.leases.report(),
    vigia.state.conditions,
    logs,
  ];
  return inspect(said, { depth: null });
}

const TROUBLE: [string, () => void][] = [
  ['nothing goes wrong', (): void => undefined],
  ['the node refuses the body', (): unknown => vigia.node.refusedPaths.add(PATH)],
  ['the node is poisoned', (): unknown => (vigia.node.poisonedBy = 'lobby')],
  ['the node is down', (): unknown => (vigia.node.isDown = true)],
  ['writes are not answered', (): void => vigia.node.answerNext('unknown', 'lost', 'rejected')],
  ['the camera is dead', (): void => vigia.node.camera(PATH, 'silent')],
];

describe('the password of a source', () => {
  it.each(TROUBLE)('is not said when %s', async (_, happens) => {
    happens();
    const { id } = await start();
    await vigia.run(60_000);
    await vigia.lease.saveConditions(await vigia.hold());
    await vigia.stop(id);
    await vigia.run(60_000);
    expect(await everythingSaid(id)).not.toContain(CANARY);
  });

  it('is not said when the database fails', async () => {
    const release = vigia.node.holdWrites();
    const { id } = await start();
    vigia.streams.isDown = true;
    release();
    await vigia.clock.advance(10_000);
    vigia.streams.isDown = false;
    expect(await everythingSaid(id)).not.toContain(CANARY);
  });

  it('reaches the node', async () => {
    await start();
    const source = vigia.node.specOf(PATH)?.source;
    expect(source === undefined ? null : fullSourceUrl(source)).toBe(
      `rtsp://admin:${CANARY}@10.0.0.7/1?token=${CANARY}`,
    );
  });
});
