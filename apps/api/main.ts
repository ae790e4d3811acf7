import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { environment } from '#platform/config/environment.js';

import { serve } from './serve.js';

async function main(): Promise<void> {
  await serve(loadApiConfig(environment()));
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
