/** Commands for operators. They speak to the database, so any machine that reaches it will do. */
import { Command } from 'commander';

import { environment } from '#platform/config/environment.js';

import { adoptEmpty } from './adopt-empty.js';

const program = new Command('vigia').description(
  'Commands for operators of Vigia; DATABASE_URL says which database.',
);

program
  .command('adopt-empty')
  .description(
    'Lets the paths of a node be removed that this database knows nothing of, however many they are. For ten minutes.',
  )
  .option('--node <id>', 'the node, as in NODE_ID or in NODES_FILE', 'default')
  .action(async ({ node }: { node: string }) => {
    process.exitCode = await adoptEmpty(environment()['DATABASE_URL'], node);
  });

program.parseAsync().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
