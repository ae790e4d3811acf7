#!/usr/bin/env node
/**
 * A stand-in for the mediamtx executable: it reads the file, refuses what the real one would refuse,
 * lists the paths on its API, and writes the log. No media. What else it should do stands in the JSON
 * file that FAKE_MEDIAMTX names, read at each start:
 *
 * - exit: { code, afterMs }
 * - isDeaf: it ignores SIGTERM
 * - flood: how many lines of log to write at once, each with a password
 * - says: lines to write as they are
 *
 * Each start that serves is noted, a JSON line each, in the file of that name plus `.starts`.
 */
import { Buffer } from 'node:buffer';
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setInterval } from 'node:timers';
import { parse } from 'yaml';

const VERSION = 'v1.20.1';
const STDOUT = 1;
const [argument] = process.argv.slice(2);

if (argument === '--version') {
  writeSync(STDOUT, `${VERSION}\n`);
  process.exit(0);
}

function refuse(text) {
  writeSync(STDOUT, `ERR: ${text}\n`);
  process.exit(1);
}

function write(text) {
  for (let bytes = Buffer.from(text); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(writeSync(STDOUT, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const line = (level, message) =>
  `${JSON.stringify({ timestamp: new Date().toISOString(), level, message })}\n`;

const directives = () => {
  try {
    return JSON.parse(readFileSync(process.env.FAKE_MEDIAMTX, 'utf8'));
  } catch {
    return {};
  }
};

const settings = parse(readFileSync(argument, 'utf8'), { version: '1.1' });
if ('nonsense' in settings) refuse('json: unknown field "nonsense"');
const paths = Object.entries(settings.paths ?? {});
for (const [, { source }] of paths) {
  // Such a host stands for whatever the real one refuses and our own rules do not.
  if (/^ftp:|@?refused\.invalid/.test(source)) refuse(`invalid source: '${source}'`);
}

write(line('INF', `MediaMTX ${VERSION}, linux, amd64`));
write(line('INF', `configuration loaded from ${argument}`));

const { exit, isDeaf, flood = 0, says = [] } = settings.api ? directives() : {};
process.on('SIGTERM', () => (isDeaf ? undefined : process.exit(0)));
process.on('SIGINT', () => process.exit(0));

if (settings.api) serve();
// A trial listens nowhere, and waits to be ended.
else setInterval(() => undefined, 60_000);

function serve() {
  const items = paths.map(([name]) => ({ name, confName: name, available: false }));
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ itemCount: items.length, pageCount: 1, items }));
  });
  const [, host, port] = /^(.*):(\d+)$/.exec(settings.apiAddress);
  server.listen(Number(port), host, () => {
    const start = { pid: process.pid, env: Object.keys(process.env), paths: items.length };
    if (process.env.FAKE_MEDIAMTX) {
      appendFileSync(`${process.env.FAKE_MEDIAMTX}.starts`, `${JSON.stringify(start)}\n`);
    }
    write(line('INF', `[API] started with listener on ${settings.apiAddress} (TCP/HTTP)`));
    talk();
  });
}

function talk() {
  const pulled = paths.filter(([, { sourceOnDemand }]) => !sourceOnDemand);
  for (const [name, { source }] of pulled) {
    write(line('ERR', `[path ${name}] [RTSP source] dial ${source}: connect: connection refused`));
  }
  for (const text of says) write(`${text}\n`);
  if (flood > 0 && pulled.length > 0) pour(...pulled[0]);
  if (exit) setTimeout(() => process.exit(exit.code), exit.afterMs);
}

function pour(path, { source }) {
  const noise =
    line('ERR', `[path ${path}] [RTSP source] ${source}: EOF`) +
    line('INF', `[RTSP] [conn 127.0.0.1:1] opened for ${source}`) +
    '{"broken\n' +
    line('ERR', `[path stranger/${process.pid}] [RTSP source] EOF`);
  const block = noise.repeat(250);
  for (let written = 0; written < flood; written += 1_000) write(block);
  write(line('ERR', `[path ${path}] [RTSP source] bad status code: 404`));
}
