import { describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { InMemoryNodeDirectory } from '#test/support/streaming/in-memory-node-directory.js';

import {
  type Fence,
  type NodeConditions,
  NodeLeases,
  type NodeReport,
} from '../domain/ports/node-leases.js';
import { type ConfiguredNodes } from './configured-nodes.js';
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
  bootFileCause: null,
};

const EXPIRES_AT = new Date('2026-11-23T16:28:16.190Z');
const LOOKED_AT = new Date('2026-11-23T16:28:01.190Z');

class WrittenDown extends NodeLeases {
  constructor(private readonly given: Partial<NodeReport>) {
    super();
  }

  override async report(): Promise<NodeReport[]> {
    const report: NodeReport = {
      nodeId: 'default',
      owner: 'vigia-1:3000',
      isLeased: true,
      epoch: '3',
      expiresAt: EXPIRES_AT,
      lookedAt: LOOKED_AT,
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

const PLAYBACK = { hls: 'http://h', webrtc: 'http://w', rtsp: 'rtsp://r' };

/** Of a process that is configured with the node `default`. */
async function readerOf(
  given: Partial<NodeReport>,
  known: { id?: string; streams?: number; hasAgent?: boolean } = {},
): Promise<ReadNodes> {
  const { id = 'default', streams = 0, hasAgent = false } = known;
  const directory = new InMemoryNodeDirectory(new FakeClock());
  const node = { id, apiUrl: 'http://n:9997/', playback: PLAYBACK, maxPaths: 1_000, hasAgent };
  await directory.upsert(node);
  directory.placed.set(id, streams);
  const descriptions: ConfiguredNodes['descriptions'] = [{ ...node, id: 'default' }];
  return new ReadNodes(new WrittenDown(given), directory, { descriptions, pathPrefix: 'cam' });
}

const read = async (given: Partial<NodeReport>): ReturnType<ReadNodes['execute']> =>
  (await readerOf(given)).execute();

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

  it('tells of a node where it is, how full, and who looks after it', async () => {
    const reader = await readerOf({}, { streams: 7, hasAgent: true });
    expect(await reader.list()).toMatchObject([
      {
        nodeId: 'default',
        health: 'HEALTHY',
        streams: 7,
        capacity: 1_000,
        lookedAt: LOOKED_AT,
        lease: { owner: 'vigia-1:3000', epoch: '3', expiresAt: EXPIRES_AT },
        isPoisoned: false,
        playback: PLAYBACK,
        hasAgent: true,
      },
    ]);
  });

  it.each<[string, Partial<NodeReport>, string]>([
    ['DEGRADED', { conditions: { ...GOOD, isPoisoned: true } }, 'DEGRADED'],
    ['DEGRADED for a moment', { isLeased: false }, 'DEGRADED'],
    ['UNKNOWN', { isLeased: false, lookAgeMs: 15_001 }, 'UNKNOWN'],
    ['UNKNOWN at first', { lookAgeMs: null, lookedAt: null, conditions: null }, 'UNKNOWN'],
  ])('calls a node that is not well %s by how old the last look is', async (_, given, health) => {
    const [node] = await (await readerOf(given)).list();
    expect(node?.health).toBe(health);
  });

  it('tells of a node that is no longer configured while it has active streams', async () => {
    const gone = { isLeased: false, lookAgeMs: 60_000, nodeId: 'gone' };
    const [node] = await (await readerOf(gone, { id: 'gone', streams: 1 })).list();
    expect(node).toMatchObject({ nodeId: 'gone', health: 'UNKNOWN', isHealthy: false });
    expect(node?.problems[0]).toMatch(/^not configured here/);
    expect(await (await readerOf(gone, { id: 'gone', streams: 0 })).list()).toEqual([]);
  });

  it('knows nothing yet of a node whose lease nobody ever held', async () => {
    const [node] = await (await readerOf({ nodeId: 'another' })).list();
    expect(node).toMatchObject({
      nodeId: 'default',
      health: 'UNKNOWN',
      lease: null,
      version: null,
    });
  });
});
