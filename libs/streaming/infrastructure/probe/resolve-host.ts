/**
 * Asks for the addresses of a name before it is dialled. The runtime gives look-ups few threads, and
 * one that a name server does not answer keeps its thread for half a minute: one at a time, so that
 * the names of the database and of MediaMTX can be looked up beside it.
 */
import { type LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import pLimit from 'p-limit';

import { Reason } from '../../domain/reason.js';
import { ProbeFailure } from './probe-failure.js';

const oneAtATime = pLimit(1);

/**
 * @returns all addresses of the host; of one that is an address, itself
 * @throws ProbeFailure when nobody answers in time, or the error of the look-up
 */
export async function resolveHost(host: string, timeoutMs: number): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) {
    return [{ address: host, family }];
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ProbeFailure(Reason.sourceDns));
    }, timeoutMs);
  });
  const found = oneAtATime(() => lookup(host, { all: true }));
  found.catch(() => undefined);
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
