import { type DataSource } from 'typeorm';

import { Database } from '#platform/database/database.js';
import { AdoptEmpty, type Adoption } from '#streaming/application/adopt-empty.js';
import { PgNodeDirectory } from '#streaming/infrastructure/postgres/pg-node-directory.js';
import { PgNodeReports } from '#streaming/infrastructure/postgres/pg-node-reports.js';

import { newDataSource } from '../../api/connect-database.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type DatabaseSession, databaseUrlOf } from './database-session.js';

export async function adoptEmpty(
  { terminal, env, isJson }: DatabaseSession,
  nodeId: string,
): Promise<ExitCode> {
  const dataSource = newDataSource(databaseUrlOf(env));
  try {
    const adoption = await adopt(await dataSource.initialize(), nodeId);
    if (isJson) {
      terminal.json(adoption);
    } else {
      terminal.say(sentenceOf(adoption, nodeId));
    }
    return adoption.kind === 'adopted' ? EXIT.ok : EXIT.failed;
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
