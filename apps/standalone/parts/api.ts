import path from 'node:path';

import { apiEnvironment, DECIDED_HERE } from '../api/api-environment.js';
import { readableLogLine } from '../log-lines/readable-log-line.js';
import { httpStatus } from '../network/http-status.js';
import { LOOPBACK } from '../network/ports.js';
import { type StackContext } from '../stack-context.js';
import { type MediaServer } from './media-server.js';

const START_TIMEOUT_MS = 60_000;
/** What the API needs beside its own drain: to give back its lease and to close its pool. */
const GRACE_BEYOND_DRAIN_MS = 3_000;

/** Starts the API, which brings the database up to date first. Answers with its URL. */
export async function startApi(
  context: StackContext,
  databaseUrl: string,
  mediaServer: MediaServer,
): Promise<string> {
  const { config, folder, ports, terminal } = context.is;
  const ignored = DECIDED_HERE.filter((name) => (process.env[name] ?? '') !== '');
  if (ignored.length > 0) {
    terminal.warn(`${ignored.join(', ')}: not used by the local stack (npm run start:api uses it)`);
  }
  const url = `http://${LOOPBACK}:${ports.PORT}`;
  await context.run({
    name: 'API',
    logName: 'api',
    command: {
      file: process.execPath,
      args: ['--enable-source-maps', path.join(config.rootDir, 'dist', 'apps', 'api', 'main.js')],
      env: apiEnvironment(process.env, {
        ports,
        databaseUrl,
        mediaServer,
      }),
      cwd: folder.root,
    },
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: config.drainTimeoutMs + GRACE_BEYOND_DRAIN_MS,
    isReady: async () => (await httpStatus(`${url}/health/ready`)) === 200,
    onLine: (line) => {
      const readable = readableLogLine('API', line);
      if (readable !== undefined) terminal.warn(readable);
    },
  });
  terminal.row('API', url);
  terminal.row('Swagger UI', `${url}/docs`);
  return url;
}
