import { Logger, type Provider } from '@nestjs/common';

import { type LoadedConfig } from '#platform/config/api-config.js';
import { Nodes } from '#streaming/application/nodes.js';

import { createApp } from './create-app.js';
import { drainOnSignals } from './shutdown.js';

/**
 * Serves until a signal ends it: wired, listening, and only then acting for its nodes.
 *
 * @param adapters take the place of the Streaming module's own, each behind its port
 */
export async function serve(
  { config, warnings }: LoadedConfig,
  adapters: Provider[] = [],
): Promise<void> {
  // Until there is something to drain: a container's first process would ignore the signal otherwise.
  process.once('SIGTERM', leave).once('SIGINT', leave);
  const app = await createApp(config, adapters);
  const logger = new Logger('Process');
  warnings.forEach((warning) => {
    logger.warn(warning);
  });
  process.off('SIGTERM', leave).off('SIGINT', leave);
  drainOnSignals(app, config.DRAIN_TIMEOUT_MS);
  await app.listen({ port: config.PORT, host: config.HOST });
  logger.log({ url: await app.getUrl() }, 'listening');
  app.get(Nodes).all.forEach(({ clockwork }) => {
    clockwork.start();
  });
}

function leave(): void {
  process.exit(0);
}
