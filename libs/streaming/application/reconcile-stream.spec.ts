import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { ControlPlane, aStart, onNode } from '#test/support/streaming/control-plane.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const ID = streamId(1);
const STREAM = { id: ID, cameraId: 'gate-3', path: PATH };

let logs = silentLogs();
let vigia: ControlPlane;

beforeEach(async () => {
  logs = silentLogs();
  vigia = new ControlPlane();
  await vigia.streams.start({ ...aStart(), id: ID, places: onNode('default'), path: PATH });
});

describe('ReconcileStream', () => {
  it('carries a start to the node and follows it', async () => {
    await vigia.reconcileStream.execute(STREAM);
    await vigia.clock.advance(1_000);
    expect(vigia.stateOf({ id: ID }).status).toBe('RUNNING');
  });

  it('carries a stop to the node and follows it', async () => {
    vigia.node.put(PATH);
    await vigia.streams.stop(ID);
    await vigia.reconcileStream.execute(STREAM);
    await vigia.clock.advance(1_000);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.stateOf({ id: ID }).removalPending).toBe(false);
  });

  it('says with the stream that its node does not answer', async () => {
    vigia.node.answerNext('unknown');
    await vigia.reconcileStream.execute(STREAM);
    expect(vigia.stateOf({ id: ID })).toMatchObject({
      status: 'STARTING',
      reason: 'NODE_UNREACHABLE',
    });
    expect(vigia.storyOf({ id: ID })).toEqual(['new→STARTING']);
  });

  it('says nothing of the node with a stream that knows better', async () => {
    await vigia.streams.stop(ID);
    vigia.node.answerNext('unknown');
    await vigia.reconcileStream.execute(STREAM);
    expect(vigia.stateOf({ id: ID })).toMatchObject({ reason: 'REMOVAL_PENDING' });
  });

  it('does nothing about a path without a row', async () => {
    await vigia.reconcileStream.execute({ ...STREAM, path: 'cam/unknown' });
    expect(vigia.node.writes).toEqual([]);
    expect(vigia.clock.waiting).toBe(0);
  });

  it('never fails: what the database does not take now, the next tick does', async () => {
    const saveObserved = vigia.streams.saveObserved.bind(vigia.streams);
    vigia.node.answerNext('unknown');
    vigia.streams.saveObserved = async (...asked): ReturnType<typeof saveObserved> => {
      vigia.streams.isDown = true;
      return saveObserved(...asked);
    };
    await vigia.reconcileStream.execute(STREAM);
    expect(sentences(logs, 'warn')).toContain(
      'what is wanted is not brought to the node; the next tick tries again',
    );
    vigia.streams.isDown = false;
    vigia.streams.saveObserved = saveObserved;
    await vigia.run(20_000);
    expect(vigia.stateOf({ id: ID }).status).toBe('RUNNING');
  });
});
