/**
 * Measures the sections that are named, or all, and puts each into docs/benchmarks.md as soon as it
 * is measured. See scripts/bench.mjs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { format, resolveConfig } from 'prettier';

import { Postgres } from '../support/postgres/postgres.mjs';
import { prepareTemplate } from '../support/postgres/template.mjs';

import { sectionBlock, withSection } from './figures/document.js';
import { type Section } from './figures/section.js';
import { SECTIONS } from './sections/sections.js';
import { Bench } from './support/bench.js';
import { describeMachine } from './support/machine.js';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/benchmarks.md');

/** As an installation has them; the tests switch them off for speed. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
if (unknown.length > 0) {
  const known = SECTIONS.map(({ name }) => name).join(', ');
  console.error(`no section is called ${unknown.join(', ')}; there are ${known}`);
  process.exit(1);
}
const bench = await Bench.open();
const postgres = await Postgres.start(DURABLE);
try {
  await prepareTemplate(postgres);
  const wanted = SECTIONS.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const section of wanted) await run(section);
} finally {
  await postgres.remove();
}
process.exit();

async function run(section: Section): Promise<void> {
  console.log(`${section.name}: ${section.title}`);
  if (section.needsMediaMtx && !bench.hasMediaMtx) {
    console.log('  not measured: this needs MediaMTX and ffmpeg');
    return;
  }
  try {
    await publish(section);
  } catch (failure) {
    console.error(failure);
    process.exitCode = 1;
  }
}

async function publish(section: Section): Promise<void> {
  const figures = await section.measure(bench);
  const [row] = await postgres.query<{ version: string }>(
    `SELECT current_setting('server_version') AS version`,
  );
  const block = sectionBlock(section, figures, {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine({
      postgres: row?.version ?? '',
      mediaMtx: section.needsMediaMtx ? bench.mediaMtx.version : null,
    }),
  });
  const style = { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' };
  process.stdout.write(`\n${await format(block, style)}\n`);
  const text = withSection(readFileSync(DOCUMENT, 'utf8'), section.name, block);
  writeFileSync(DOCUMENT, await format(text, style));
}
