import { existsSync } from 'node:fs';

import { StartupFailure } from '#supervision/startup-failure.js';

import { keepSecret, readSecret } from '../data-folder/secret.js';
import { explainPostgres } from '../postgres/explain-postgres.js';
import { databaseAccount } from '../postgres/postgres-account.js';
import { findPostgresBinaries } from '../postgres/postgres-binaries.js';
import { prepareCluster, type Cluster } from '../postgres/postgres-cluster.js';
import { settlePostgresHome, type PostgresHome } from '../postgres/postgres-home.js';
import {
  databaseUrl,
  isDatabaseReady,
  postgresCommand,
  postgresMajor,
} from '../postgres/postgres-server.js';
import { shownPath } from '../shown-path.js';
import { type StackContext } from '../stack-context.js';

/** After a crash it first replays its log. */
const START_TIMEOUT_MS = 60_000;
/** Cut short, it loses nothing: it replays its log at the next start. */
const GRACE_MS = 8_000;

function passwordOf({ clusterDir, passwordFile }: PostgresHome): string {
  if (existsSync(clusterDir) && readSecret(passwordFile) === undefined) {
    throw new StartupFailure(
      `${passwordFile}, the password of ${clusterDir}, is missing: restore it, move the folder ` +
        'away, or set VIGIA_DATA_DIR to another',
    );
  }
  return keepSecret(passwordFile);
}

/** Starts PostgreSQL, made on the first run and kept ever after. Answers with its URL. */
export async function startDatabase(context: StackContext): Promise<string> {
  const { config, folder, ports, terminal, signal } = context.is;
  if (config.databaseUrl !== undefined) {
    terminal.row('PostgreSQL', 'yours (DATABASE_URL)');
    return config.databaseUrl;
  }
  const account = databaseAccount(terminal);
  const home = settlePostgresHome(folder.root, findPostgresBinaries(), account);
  for (const note of home.notes) terminal.say(`  (${note})`);
  const { clusterDir: dir, binariesDir } = home;
  const cluster: Cluster = { dir, binariesDir, account, password: passwordOf(home) };

  const child = {
    name: 'PostgreSQL',
    stopSignal: 'SIGINT',
    ...context.record('postgres'),
  } as const;
  await prepareCluster(cluster, postgresMajor(cluster), child, signal);
  const port = ports.VIGIA_POSTGRES_PORT;
  await context.run({
    name: child.name,
    logName: 'postgres',
    stopsLast: true,
    command: postgresCommand(cluster, port),
    // "Fast": it does not wait for clients to leave.
    stopSignal: child.stopSignal,
    startTimeoutMs: START_TIMEOUT_MS,
    graceMs: GRACE_MS,
    isReady: () => isDatabaseReady(cluster.password, port),
    explain: (tail) => explainPostgres(tail, dir, child.log.path),
  });
  terminal.row('PostgreSQL', `127.0.0.1:${port}, data in ${shownPath(dir)}`);
  return databaseUrl(cluster.password, port);
}
