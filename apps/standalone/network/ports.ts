import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { StartupFailure, messageOf, systemCodeOf } from '#supervision/startup-failure.js';

export const LOOPBACK = '127.0.0.1';

export interface WantedPort {
  readonly variable: string;
  /** 0: any free one. */
  readonly port: number;
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: LOOPBACK, exclusive: true });
  await once(server, 'listening');
  return server;
}

function faultOf({ variable, port }: WantedPort, error: unknown): string {
  const code = systemCodeOf(error);
  if (code === 'EADDRINUSE') return `port ${port} is taken: set ${variable} to another`;
  if (code === 'EACCES') return `port ${port} needs privileges: set ${variable} to another`;
  return `port ${port} cannot be opened (${messageOf(error)}): set ${variable} to another`;
}

/**
 * The port of each variable, with a free one for each 0. All are held at the same time while they
 * are tried, so that no two free ones are the same, and released before the children take them.
 *
 * @throws StartupFailure that names each variable to change.
 */
export async function settlePorts<Name extends string>(
  wanted: Readonly<Record<Name, number>>,
): Promise<Record<Name, number>> {
  const settled: Record<string, number> = {};
  const servers: Server[] = [];
  const faults: string[] = [];
  // The fixed ones first: a free one must not take theirs.
  const inOrder = Object.entries<number>(wanted).sort(([, a], [, b]) => b - a);
  for (const [variable, port] of inOrder) {
    try {
      const server = await listenOn(port);
      servers.push(server);
      settled[variable] = (server.address() as AddressInfo).port;
    } catch (error) {
      faults.push(faultOf({ variable, port }, error));
    }
  }
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  if (faults.length > 0) throw new StartupFailure(faults.join('; '));
  return settled;
}

/** A UDP port that nobody uses now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
