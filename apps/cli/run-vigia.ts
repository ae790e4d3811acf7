import { CommanderError } from 'commander';

import { EXIT, type ExitCode } from './exit-codes.js';
import { exitCodeOf, linesOf, problemOf } from './failure-report.js';
import { vigiaProgram } from './program.js';
import { type GlobalOptions, type Surroundings } from './session.js';

/** @param args what was typed behind the name of the program */
export async function runVigia(
  args: readonly string[],
  surroundings: Omit<Surroundings, 'finish'>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const finish = (end: ExitCode) => {
    code = end;
  };
  const program = vigiaProgram({ ...surroundings, finish });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError) {
      return failure.exitCode === 0 ? EXIT.ok : EXIT.wrongUsage;
    }
    tell(failure, surroundings, program.opts<GlobalOptions>().json === true);
    return exitCodeOf(failure);
  }
}

function tell(failure: unknown, { terminal }: Pick<Surroundings, 'terminal'>, isJson: boolean) {
  if (isJson) {
    terminal.note(...JSON.stringify(problemOf(failure), null, 2).split('\n'));
  } else {
    const [first, ...others] = linesOf(failure);
    terminal.note(`vigia: ${first ?? ''}`, ...others);
  }
}
