/** The command line of operators: docs/cli.md. */
import { environment } from '#platform/config/environment.js';

import { HttpVigiaApi } from './api/http-vigia-api.js';
import { EXIT } from './exit-codes.js';
import { runVigia } from './run-vigia.js';
import { Terminal } from './terminal.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (err: NodeJS.ErrnoException) => {
    // Whoever read our words has heard enough (`| head`): that is no failure.
    if (err.code === 'EPIPE') process.exit(EXIT.ok);
    throw err;
  });
}

/** Once: whoever asks a second time means it. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

process.exitCode = await runVigia(process.argv.slice(2), {
  terminal: new Terminal(process.stdout, process.stderr),
  stdin: process.stdin,
  env: environment(),
  now: () => new Date(),
  interruption,
  apiAt: (url, interrupted) => new HttpVigiaApi(url, interrupted),
});
