import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, SETTINGS, aStart } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { isCameraId } from '../domain/camera-path.js';
import { CANARY_NAME, JudgeRefusal, type RefusalVerdict } from './judge-refusal.js';

silentLogs();

const PATH = 'cam/gate-3';

let vigia: ControlPlane;
let judge: JudgeRefusal;

beforeEach(() => {
  vigia = new ControlPlane();
  judge = new JudgeRefusal(vigia.node, vigia.state, SETTINGS);
});

const verdict = (): Promise<RefusalVerdict> =>
  judge.execute(() => vigia.node.replace(PATH, aStart()), 'HTTP 400');

describe('JudgeRefusal', () => {
  it('blames the body that is refused again after a good one passed', async () => {
    vigia.node.refusedPaths.add(PATH);
    expect(await verdict()).toEqual({ kind: 'blamed' });
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it('lets the body off that passes the second time', async () => {
    expect(await verdict()).toEqual({ kind: 'accepted', outcome: { kind: 'accepted' } });
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('calls the node poisoned when it refuses what is known to be good', async () => {
    vigia.node.poisonedBy = 'lobby';
    expect(await verdict()).toEqual({
      kind: 'poisoned',
      outcome: { kind: 'unknown', cause: 'HTTP 400' },
    });
    expect(vigia.state.isPoisoned).toBe(true);
    expect(vigia.node.names).toEqual([]);
  });

  it('calls it healed as soon as what is known to be good passes', async () => {
    vigia.state.poisoned();
    await verdict();
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it.each([
    ['the good one', []],
    ['the second try', ['ok', 'ok']],
  ])('decides nothing when %s is not answered', async (_, before) => {
    const replace = vigia.node.replace.bind(vigia.node);
    let calls = before.length === 0 ? 0 : -1;
    vigia.node.replace = async (...asked): ReturnType<typeof replace> => {
      vigia.node.isDown = calls === 0;
      calls += 1;
      return replace(...asked);
    };
    expect(await verdict()).toMatchObject({ kind: 'unknown', outcome: { kind: 'unknown' } });
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it('leaves nothing of its own on the node, and dials nobody with it', async () => {
    const seen: boolean[] = [];
    const replace = vigia.node.replace.bind(vigia.node);
    vigia.node.replace = async (path, spec): ReturnType<typeof replace> => {
      if (path.endsWith(CANARY_NAME)) {
        seen.push(spec.onDemand);
      }
      return replace(path, spec);
    };
    await verdict();
    expect(seen).toEqual([true]);
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('uses a name that no camera can have', () => {
    expect(isCameraId(CANARY_NAME)).toBe(false);
  });
});
