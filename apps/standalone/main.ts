import { once } from 'node:events';

import { StartupFailure } from '#supervision/startup-failure.js';

import { LocalStack } from './local-stack.js';
import { watchParents } from './processes/parent-watch.js';
import { readStandaloneConfig } from './standalone-config.js';
import { Terminal } from './terminal.js';

const terminal = new Terminal(process.stdout, process.stderr);
const stopping = new AbortController();
/** npm hands on the Ctrl-C that we have had from the terminal, at once: that is not a second one. */
const SECOND_CTRL_C_AFTER_MS = 500;

let exitCode = 0;
let stoppedAtMs = 0;

function stop(why: string): void {
  if (stopping.signal.aborted) return;
  stoppedAtMs = performance.now();
  terminal.say(`\n${why}: stopping`);
  stopping.abort();
}

function fail(error: unknown): void {
  exitCode = 1;
  if (error instanceof StartupFailure) terminal.fail(error.message);
  else terminal.fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function listen(stack: LocalStack): void {
  process.on('SIGINT', () => {
    const isSecond = stopping.signal.aborted;
    if (!isSecond) stop('Ctrl-C (once more: at once)');
    else if (performance.now() - stoppedAtMs > SECOND_CTRL_C_AFTER_MS) void stack.kill();
  });
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGHUP', () => stop('SIGHUP'));
  const crash = (error: unknown) => {
    fail(error);
    stopping.abort();
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  watchParents((command) => stop(`the process that started the stack is gone (${command})`));
}

async function main(): Promise<void> {
  const stack = new LocalStack(readStandaloneConfig(process.env), terminal);
  listen(stack);
  try {
    await stack.up(stopping.signal);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  } catch (error) {
    if (!stopping.signal.aborted) fail(error);
  }
  stopping.abort();
  await stack.down();
}

await main().catch(fail);
process.exit(exitCode);
