import { EXIT, type ExitCode } from '../exit-codes.js';
import { exitCodeOf, linesOf, problemOf } from '../failure-report.js';
import { type Session } from '../session.js';
import { type Failed, type Outcome } from './do-all.js';

/** Each failure by its name, and how many there were; one that is refused counts before all. */
export function tellFailures(
  { terminal, isJson }: Session,
  { done, failed, untried }: Outcome<unknown>,
): ExitCode {
  failed.forEach((one) => terminal.note(...(isJson ? [jsonOf(one)] : wordsOf(one))));
  if (!isJson && done.length + failed.length + untried > 1) {
    const left = untried === 0 ? '' : `, ${untried} not tried`;
    terminal.note(`${done.length} done, ${failed.length} failed${left}`);
  }
  const codes = failed.map(({ failure }) => exitCodeOf(failure));
  return codes.find((code) => code === EXIT.failed) ?? codes[0] ?? EXIT.ok;
}

function jsonOf({ name, failure }: Failed): string {
  return JSON.stringify({ ...problemOf(failure), subject: name });
}

function wordsOf({ name, failure }: Failed): string[] {
  const [first = '', ...others] = linesOf(failure);
  return [`${name}: ${first}`, ...others];
}
