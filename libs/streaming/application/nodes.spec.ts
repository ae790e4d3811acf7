import { describe, expect, it } from '@jest/globals';

import { type NodeHandle, Nodes } from './nodes.js';

const aHandle = (id: string): NodeHandle => ({ id }) as NodeHandle;

describe('Nodes', () => {
  it('finds each node by its id, and none that is not configured here', () => {
    const [north, south] = [aHandle('north'), aHandle('south')];
    const nodes = new Nodes([north, south]);
    expect([nodes.of('north'), nodes.of('south')]).toEqual([north, south]);
    expect(nodes.of('east')).toBeUndefined();
  });
});
