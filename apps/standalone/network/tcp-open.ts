import { connect } from 'node:net';

import { LOOPBACK } from './ports.js';

const TIMEOUT_MS = 2_000;

/** Whether somebody listens on a port of this machine. */
export function isTcpOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK, timeout: TIMEOUT_MS });
    const answer = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
