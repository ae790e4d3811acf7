import { describe, expect, it } from '@jest/globals';

import {
  type Fence,
  type NodeConditions,
  NodeLeases,
  type NodeReport,
} from '../domain/ports/node-leases.js';
import { ReadNodes } from './read-nodes.js';

const GOOD: NodeConditions = {
  isReachable: true,
  cause: null,
  version: 'v1.20.1',
  isPoisoned: false,
  writeCause: null,
  hazards: [],
  unknownPaths: 0,
  agentCause: null,
  leftOutPaths: 0,
};

class WrittenDown extends NodeLeases {
  constructor(private readonly given: Partial<NodeReport>) {
    super();
  }

  override async report(): Promise<NodeReport[]> {
    const report: NodeReport = {
      nodeId: 'default',
      owner: 'vigia-1:3000',
      isLeased: true,
      lookAgeMs: 4_999.6,
      conditions: GOOD,
    };
    return [{ ...report, ...this.given }];
  }

  override async hold(): Promise<Fence | null> {
    return null;
  }

  override async release(): Promise<void> {
    return undefined;
  }

  override async saveConditions(): Promise<void> {
    return undefined;
  }
}

const read = (given: Partial<NodeReport>): ReturnType<ReadNodes['execute']> =>
  new ReadNodes(new WrittenDown(given)).execute();

describe('ReadNodes', () => {
  it('calls a node healthy that is held, looked at, and in good condition', async () => {
    expect(await read({})).toEqual([
      {
        nodeId: 'default',
        isHealthy: true,
        problems: [],
        warnings: [],
        version: 'v1.20.1',
        leaseOwner: 'vigia-1:3000',
        lookAgeMs: 5_000,
      },
    ]);
  });

  it.each<[string, Partial<NodeReport>, RegExp]>([
    ['nobody holds it', { isLeased: false }, /no instance holds its lease/],
    ['it was never looked at', { lookAgeMs: null }, /not looked at/],
    ['it was not looked at lately', { lookAgeMs: 15_001 }, /not looked at/],
    [
      'it does not answer',
      { conditions: { ...GOOD, isReachable: false, cause: 'connection refused' } },
      /^NODE_UNREACHABLE: connection refused$/,
    ],
    [
      'it does not answer and nobody knows why',
      { conditions: { ...GOOD, isReachable: false } },
      /^NODE_UNREACHABLE: no answer$/,
    ],
    ['it is poisoned', { conditions: { ...GOOD, isPoisoned: true } }, /^NODE_CONFIG_POISONED: /],
    [
      'it is too old',
      { conditions: { ...GOOD, hazards: ['NODE_VERSION_UNSUPPORTED'] } },
      /^NODE_VERSION_UNSUPPORTED: .* use 1\.16 or newer$/,
    ],
    [
      'writes to it fail',
      { conditions: { ...GOOD, writeCause: 'HTTP 503' } },
      /^NODE_WRITES_FAIL: HTTP 503$/,
    ],
    [
      'its strangers are many',
      { conditions: { ...GOOD, unknownPaths: 23 } },
      /^NODE_PATHS_UNKNOWN: 23 .* adopt-empty --node default$/,
    ],
  ])('names the problem when %s', async (_, given, problem) => {
    const [node] = await read(given);
    expect(node?.isHealthy).toBe(false);
    expect(node?.problems).toEqual([expect.stringMatching(problem)]);
  });

  it('names all problems of a node that was never held', async () => {
    expect(await read({ owner: null, isLeased: false, lookAgeMs: null, conditions: null })).toEqual(
      [
        {
          nodeId: 'default',
          isHealthy: false,
          problems: [expect.any(String), expect.any(String)],
          warnings: [],
          version: null,
          leaseOwner: null,
          lookAgeMs: null,
        },
      ],
    );
  });

  it('warns of what works against us, and calls the node healthy all the same', async () => {
    const [node] = await read({ conditions: { ...GOOD, hazards: ['NODE_RECORD_CLEANER'] } });
    expect(node).toMatchObject({
      isHealthy: true,
      warnings: [expect.stringMatching(/^NODE_RECORD_CLEANER: .* 0s/)],
    });
  });

  it('reads what an older version wrote', async () => {
    const { version, isReachable, cause, isPoisoned } = GOOD;
    const old = { version, isReachable, cause, isPoisoned } as NodeConditions;
    const [node] = await read({ conditions: old });
    expect(node).toMatchObject({ isHealthy: true, problems: [], warnings: [] });
  });

  it('names no owner whose lease has ended', async () => {
    const [node] = await read({ isLeased: false });
    expect(node?.leaseOwner).toBeNull();
  });
});
