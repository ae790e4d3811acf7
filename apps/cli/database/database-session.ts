import { WrongUsage } from '../api/failures.js';
import { type Surroundings } from '../session.js';

export interface DatabaseSession extends Pick<Surroundings, 'terminal' | 'env'> {
  readonly isJson: boolean;
}

/** @throws WrongUsage */
export function databaseUrlOf({ DATABASE_URL: url = '' }: NodeJS.ProcessEnv): string {
  if (url === '') {
    throw new WrongUsage('DATABASE_URL must be set: the database that Vigia uses.');
  }
  return url;
}
