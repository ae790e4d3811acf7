/** The migration step on its own: for a deployment that migrates before it rolls out. */
import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { environment } from '#platform/config/environment.js';

import { connectDatabase } from './connect-database.js';

async function main(): Promise<void> {
  const { config } = loadApiConfig(environment());
  const dataSource = await connectDatabase({ url: config.DATABASE_URL, shouldMigrate: true });
  await dataSource.destroy();
}

main().catch((err: unknown) => {
  const text = err instanceof InvalidEnvironment ? err.message : String(err);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
