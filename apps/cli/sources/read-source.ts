import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';

import { Interrupted } from '../api/failures.js';
import { type Session } from '../session.js';

/** @returns all of standard input */
export async function readInput({
  stdin,
  interrupted,
}: Pick<Session, 'stdin' | 'interrupted'>): Promise<string> {
  try {
    return await text(addAbortSignal(interrupted, stdin));
  } catch (err) {
    throw interrupted.aborted ? new Interrupted() : err;
  }
}

/** A source, or with `-` what standard input says: the list of processes shows what was typed. */
export async function readSource(source: string, session: Session): Promise<string> {
  return source === '-' ? (await readInput(session)).trim() : source;
}
