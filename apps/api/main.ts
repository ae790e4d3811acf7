import { setFlagsFromString } from 'node:v8';

import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { environment } from '#platform/config/environment.js';
import { beginTracing } from '#platform/tracing/tracing.js';

import { tracingSettings } from './tracing-settings.js';

/**
 * How far the heap may grow between two full collections. Each tick of a large site leaves garbage, and
 * where there is plenty of memory V8 lets that of many ticks lie. Too low: time goes into collecting.
 */
const HEAP_GROWING_PERCENT = 40;

async function main(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const loaded = loadApiConfig(environment());
  await beginTracing(environment(), tracingSettings(loaded.config));
  // Loaded after it, or it could not look into what this loads.
  const { serve } = await import('./serve.js');
  await serve(loaded);
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
