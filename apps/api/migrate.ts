/** The migration step on its own: for a deployment that migrates before it rolls out. */
import { Logger } from '@nestjs/common';

import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { environment } from '#platform/config/environment.js';
import { earlyLogger } from '#platform/logging/logger-module.js';

import { migrateDatabase } from './connect-database.js';

async function main(): Promise<void> {
  const { config } = loadApiConfig(environment());
  Logger.overrideLogger(earlyLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }));
  await migrateDatabase(config.DATABASE_URL);
}

main().catch((err: unknown) => {
  const text = err instanceof InvalidEnvironment ? err.message : String(err);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
