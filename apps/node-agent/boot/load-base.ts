import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { StartupFailure, systemCodeOf } from '#supervision/startup-failure.js';

import { type AgentLog } from '../agent-log.js';
import { type BaseFile, type Settings, parseBaseFile } from './base-file.js';
import { writePrivately } from './private-file.js';
import { type TrialOutcome } from './trial-start.js';

export interface BaseSearch {
  /** NODE_BASE_FILE. */
  readonly file: string;
  /** Ours, for a copy of the last one that was good. */
  readonly folder: string;
  readonly tryOut: (settings: Settings) => Promise<TrialOutcome>;
  readonly log: AgentLog;
}

/**
 * The operator's settings; and should somebody have broken their file, the last good ones, so that
 * cameras come back all the same.
 *
 * @throws StartupFailure when neither can be used
 */
export async function loadBase({ file, folder, tryOut, log }: BaseSearch): Promise<Settings> {
  const copy = path.join(folder, 'base.last-good.yml');
  const base = await readBase(file, tryOut);
  if (base.ok) {
    for (const warning of base.warnings) log.warn({ file }, `NODE_BASE_FILE ${warning}`);
    await writePrivately(copy, base.text);
    return base.settings;
  }
  const lastGood = await readBase(copy, tryOut);
  if (!lastGood.ok) throw new StartupFailure(`NODE_BASE_FILE: ${file} ${base.problem}`);
  log.error({ file }, `NODE_BASE_FILE ${base.problem}; the last good one is used instead`);
  return lastGood.settings;
}

async function readBase(
  file: string,
  tryOut: BaseSearch['tryOut'],
): Promise<(BaseFile & { ok: true; text: string }) | { ok: false; problem: string }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { ok: false, problem: `cannot be read (${systemCodeOf(error) ?? 'unknown'})` };
  }
  const base = parseBaseFile(text);
  if (!base.ok) return base;
  const { verdict, words } = await tryOut(base.settings);
  if (verdict !== 'refused') return { ...base, text };
  const hint = words ?? `run mediamtx ${path.basename(file)} to see why`;
  return { ok: false, problem: `is refused by MediaMTX: ${hint}` };
}
