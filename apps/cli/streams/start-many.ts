import { readFile } from 'node:fs/promises';

import { type StartStream } from '#api-client/client.js';

import { WrongUsage } from '../api/failures.js';
import { doAll } from '../bulk/do-all.js';
import { showProgress } from '../bulk/progress.js';
import { tellFailures } from '../bulk/tell-outcome.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { streamTable } from '../output/stream-lines.js';
import { type Session } from '../session.js';
import { readInput } from '../sources/read-source.js';
import { readEntries } from './start-file.js';
import { type StartRequest, codeOfStart } from './start-request.js';

interface ManyStarts extends StartRequest {
  readonly file: string;
  readonly concurrency: number;
}

export async function startMany(
  session: Session,
  { file, fields, waitS, concurrency }: ManyStarts,
): Promise<ExitCode> {
  const { api, terminal, isJson, now } = session;
  const bodies = readEntries(await contentsOf(file, session), file).map((entry): StartStream => ({
    ...fields,
    ...entry,
  }));
  const jobs = bodies.map((body) => ({ name: body.cameraId, do: () => api.start(body, waitS) }));
  const progress = showProgress(terminal, 'starting', jobs.length);
  const outcome = await doAll(jobs, { concurrency, progress });
  if (isJson) {
    terminal.json(outcome.done);
  } else if (outcome.done.length > 0) {
    terminal.say(...streamTable(outcome.done, now()));
  }
  const code = tellFailures(session, outcome);
  return code === EXIT.ok ? codeOfStart(outcome.done, waitS) : code;
}

async function contentsOf(file: string, session: Session): Promise<string> {
  if (file === '-') {
    return readInput(session);
  }
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WrongUsage(`${file} cannot be read: ${code ?? String(cause)}.`, { cause });
  }
}
