/**
 * Draining, ours and not Nest's, which waits for ever on a client that stays: first stop acting for
 * the node and let its lease go, then let requests finish, then close what is left.
 */
import { Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

import { Drain } from '#platform/http/drain.js';

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
    void drain(app, timeoutMs).then((code) => process.exit(code));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** What may still run when all connections are closed: one write, and the release of the lease. */
const LAST_CALLS_MS = 3_000;

async function drain(app: NestFastifyApplication, timeoutMs: number): Promise<number> {
  app.get(Drain).begin();
  const server = app.getHttpServer();
  const cut = setTimeout(() => {
    logger.warn({ timeoutMs }, 'requests did not end in time; closing their connections');
    server.closeAllConnections();
  }, timeoutMs);
  const giveUp = setTimeout(() => {
    logger.error('not drained in time; ending');
    process.exit(1);
  }, timeoutMs + LAST_CALLS_MS);
  try {
    await app.close();
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
