import { Logger, type LoggerService } from '@nestjs/common';

import { InvalidEnvironment, loadApiConfig } from '#platform/config/api-config.js';

import { migrateDatabase } from '../../api/connect-database.js';
import { WrongUsage } from '../api/failures.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type Terminal } from '../terminal.js';
import { type DatabaseSession } from './database-session.js';

/** As the API does at its start. A database that is not up yet is waited for, for a minute. */
export async function migrateSchema({ terminal, env, isJson }: DatabaseSession): Promise<ExitCode> {
  const url = urlOf(env);
  Logger.overrideLogger(toPeople(terminal));
  const migrated = await migrateDatabase(url);
  if (isJson) {
    terminal.json({ migrated });
  } else {
    const nothing = ['The schema was up to date.'];
    terminal.say(...(migrated.length > 0 ? migrated.map((name) => `migrated ${name}`) : nothing));
  }
  return EXIT.ok;
}

function urlOf(env: NodeJS.ProcessEnv): string {
  try {
    return loadApiConfig(env).config.DATABASE_URL;
  } catch (err) {
    throw err instanceof InvalidEnvironment ? new WrongUsage(err.message) : err;
  }
}

/** What was done is the answer; what is waited for must be heard of at once. */
function toPeople(terminal: Terminal): LoggerService {
  const tell = (...words: unknown[]) => {
    terminal.note(`vigia: ${words.find((word) => typeof word === 'string') ?? ''}`);
  };
  return { log: () => undefined, warn: tell, error: tell };
}
