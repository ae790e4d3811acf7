import { type LookupAddress } from 'node:dns';
import { type LookupFunction, type Socket, connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { Reason } from '../../domain/reason.js';
import { ProbeFailure } from './probe-failure.js';
import { resolveHost } from './resolve-host.js';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/**
 * Resolves when the connection stands, TLS included.
 * @throws ProbeFailure, or the error of the socket
 */
export async function openConnection(
  { host, port, isTls }: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const addresses = await resolveHost(host, timeoutMs);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // The name of the certificate must be that of the source, as MediaMTX wants it.
    const endpoint = { host, port, lookup: known(addresses) };
    const socket = isTls
      ? connectTls({ ...endpoint, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectTcp(endpoint);
    const fail = (err: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(err);
    };
    const timer = setTimeout(() => {
      fail(new ProbeFailure(Reason.sourceTimeout));
    }, timeoutMs);
    signal.addEventListener(
      'abort',
      () => {
        fail(new ProbeFailure(Reason.sourceTimeout));
      },
      { once: true },
    );
    socket.once('error', fail);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** They were looked up a moment ago, and more carefully than a socket would. */
function known(addresses: LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all === true || first === undefined) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  };
}
