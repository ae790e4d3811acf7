/**
 * Draining, ours and not Nest's, which waits for ever on a client that stays: first stop acting for
 * the nodes and let their leases go, and serve on until nobody sends requests here any more; then let
 * those under way finish, then close what is left.
 */
import { Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

import { Drain } from '#platform/http/drain.js';
import { endTracing } from '#platform/tracing/tracing.js';
import { Nodes } from '#streaming/application/nodes.js';

const logger = new Logger('Process');

/** Exits with 0 once drained; a second signal ends at once. */
export function drainOnSignals(app: NestFastifyApplication, timeoutMs: number): void {
  let isDraining = false;
  const onSignal = (signal: string): void => {
    if (isDraining) {
      process.exit(1);
    }
    isDraining = true;
    logger.log({ signal }, 'draining');
    void drain(app, timeoutMs, signal === 'SIGINT').then((code) => process.exit(code));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** What may still run when all connections are closed: one write, and the release of a lease. */
export const LAST_CALLS_MS = 3_000;

/** @param isAtOnce a person at a terminal waits, and no load balancer is to be told */
async function drain(
  app: NestFastifyApplication,
  timeoutMs: number,
  isAtOnce: boolean,
): Promise<number> {
  const draining = app.get(Drain);
  draining.begin();
  const server = app.getHttpServer();
  const cut = setTimeout(() => {
    logger.warn({ timeoutMs }, 'requests did not end in time; closing their connections');
    server.closeAllConnections();
  }, timeoutMs);
  const giveUp = setTimeout(() => {
    logger.warn('not drained in time; ending');
    process.exit(1);
  }, timeoutMs + LAST_CALLS_MS);
  try {
    const left = Promise.all(app.get(Nodes).all.map(({ clockwork }) => clockwork.stop()));
    if (!isAtOnce) {
      await draining.quiet(timeoutMs / 2);
    }
    await left;
    await app.close();
    await endTracing();
    logger.log('drained');
    return 0;
  } catch (err) {
    logger.error({ err }, 'not drained cleanly');
    return 1;
  } finally {
    clearTimeout(cut);
    clearTimeout(giveUp);
  }
}
