/** The commands that speak to the database: any machine that reaches it will do. */
import { type Command } from 'commander';

import { type GlobalOptions, type Surroundings } from '../session.js';
import { type DatabaseSession } from './database-session.js';

export function addDatabaseCommands(program: Command, surroundings: Surroundings): void {
  const open = (command: Command): DatabaseSession => ({
    ...surroundings,
    isJson: command.optsWithGlobals<GlobalOptions>().json === true,
  });
  program
    .command('migrate')
    .description('bring the schema of the database up to date; DATABASE_URL says which')
    .action(async (_options: object, command: Command) => {
      // What a database needs is loaded by no other command: they start in a fraction of the time.
      const { migrateSchema } = await import('./migrate-schema.js');
      surroundings.finish(await migrateSchema(open(command)));
    });
  program
    .command('adopt-empty')
    .description(
      'let the paths of a node be removed that the database of DATABASE_URL knows nothing of, however many they are, for ten minutes',
    )
    .option('--node <id>', 'the node, as in NODE_ID or in NODES_FILE', 'default')
    .action(async ({ node }: { node: string }, command: Command) => {
      const { adoptEmpty } = await import('./adopt-empty.js');
      surroundings.finish(await adoptEmpty(open(command), node));
    });
}
