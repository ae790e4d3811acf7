import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { environment } from '#platform/config/environment.js';
import { Logger } from '@nestjs/common';

import { NodeJob } from '#streaming/jobs/node.job.js';

import { createApp } from './create-app.js';
import { drainOnSignals } from './shutdown.js';

async function main(): Promise<void> {
  const { config, warnings } = loadApiConfig(environment());
  // Until there is something to drain: a container's first process would ignore the signal otherwise.
  process.once('SIGTERM', leave).once('SIGINT', leave);
  const app = await createApp(config);
  const logger = new Logger('Process');
  warnings.forEach((warning) => {
    logger.warn(warning);
  });
  process.off('SIGTERM', leave).off('SIGINT', leave);
  drainOnSignals(app, config.DRAIN_TIMEOUT_MS);
  await app.listen({ port: config.PORT, host: config.HOST });
  logger.log({ url: await app.getUrl() }, 'listening');
  app.get(NodeJob).start();
}

function leave(): void {
  process.exit(0);
}

main().catch((err: unknown) => {
  const text = err instanceof InvalidEnvironment ? err.message : startFault(err);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});

function startFault(err: unknown): string {
  const { code, message, stack } = err as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `The port is taken: ${message}. Set PORT to another one.`;
  }
  return `Vigia cannot start: ${stack ?? String(err)}`;
}
