import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Ports that this process has handed out: two callers must not get the same one before they bind. */
const handedOut = new Set<number>();

/** A TCP port on the loopback interface that nobody listens on, and that UDP has free as well. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await unusedTcpPort();
    if (handedOut.has(port) || !(await isUdpFree(port))) continue;
    handedOut.add(port);
    return port;
  }
}

function unusedTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function isUdpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
