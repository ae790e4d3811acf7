import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { freeUdpPort, settlePorts } from './ports.js';

describe('settlePorts', () => {
  let taken: Server;
  let takenPort: number;

  beforeEach(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    takenPort = (taken.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await new Promise((closed) => taken.close(closed));
  });

  it('gives each 0 a free port of its own, and leaves it free', async () => {
    const ports = await settlePorts({ A: 0, B: 0, C: 0 });

    expect(new Set(Object.values(ports)).size).toBe(3);
    expect(await settlePorts(ports)).toEqual(ports);
  });

  it('names the variable of each port that is taken', async () => {
    await expect(settlePorts({ PORT: takenPort, OTHER: takenPort, FREE: 0 })).rejects.toThrow(
      `port ${takenPort} is taken: set PORT to another; ` +
        `port ${takenPort} is taken: set OTHER to another`,
    );
  });
});

describe('freeUdpPort', () => {
  it('finds one', async () => {
    expect(await freeUdpPort()).toBeGreaterThan(0);
  });
});
