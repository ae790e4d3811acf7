import { type DataSource } from 'typeorm';

import { Database } from '#platform/database/database.js';
import { AdoptEmpty, type Adoption } from '#streaming/application/adopt-empty.js';
import { PgNodeDirectory } from '#streaming/infrastructure/postgres/pg-node-directory.js';
import { PgNodeReports } from '#streaming/infrastructure/postgres/pg-node-reports.js';

import { newDataSource } from '../api/connect-database.js';

/** @returns the exit code */
export async function adoptEmpty(databaseUrl: string | undefined, nodeId: string): Promise<number> {
  if (databaseUrl === undefined || databaseUrl === '') {
    process.stderr.write('DATABASE_URL must be set: the database that Vigia uses.\n');
    return 1;
  }
  const dataSource = newDataSource(databaseUrl);
  try {
    const adoption = await adopt(await dataSource.initialize(), nodeId);
    process.stdout.write(`${sentenceOf(adoption, nodeId)}\n`);
    return adoption.kind === 'adopted' ? 0 : 1;
  } finally {
    if (dataSource.isInitialized) {
      await dataSource.destroy();
    }
  }
}

function adopt(dataSource: DataSource, nodeId: string): Promise<Adoption> {
  const database = new Database(dataSource);
  return new AdoptEmpty(new PgNodeDirectory(database), new PgNodeReports(database)).execute(nodeId);
}

function sentenceOf(adoption: Adoption, nodeId: string): string {
  switch (adoption.kind) {
    case 'adopted':
      return `${adoption.unknownPaths} paths of node ${nodeId} have no stream in this database; they are removed at the next ticks. This stands for ten minutes.`;
    case 'nothing_to_adopt':
      return `Nothing waits for this word: no removal is held back on node ${nodeId}, as far as its holder has said. See /health.`;
    case 'unknown_node':
      return `There is no node ${nodeId}; this database knows ${adoption.nodeIds.join(', ') || 'none'}.`;
  }
}
