import { once } from 'node:events';

import { environment } from '#platform/config/environment.js';
import { StartupFailure } from '#supervision/startup-failure.js';

import { readAgentConfig } from './agent-config.js';
import { type AgentLog, agentLog } from './agent-log.js';
import { NodeAgent } from './node-agent.js';

process.title = 'vigia-node';

const stopping = new AbortController();
let exitCode = 0;
let stopSignal: NodeJS.Signals = 'SIGTERM';
let log: AgentLog = agentLog({ level: 'info', format: 'json' });

function fail(err: unknown): void {
  exitCode = 1;
  if (err instanceof StartupFailure) log.fatal(err.message);
  else log.fatal({ err }, 'the agent has failed');
}

function listen(agent: NodeAgent): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        void agent.kill();
        return;
      }
      log.info({ signal }, 'stopping');
      // MediaMTX knows no hang-up.
      stopSignal = signal === 'SIGHUP' ? 'SIGTERM' : signal;
      stopping.abort();
    });
  }
  const crash = (err: unknown): void => {
    fail(err);
    stopping.abort();
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

async function main(): Promise<void> {
  const env = environment();
  const config = readAgentConfig(env);
  log = agentLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    nodeId: config.NODE_ID,
  });
  const agent = new NodeAgent({ config, env, log });
  listen(agent);
  try {
    await agent.up(stopping.signal);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  } catch (error) {
    fail(error);
  }
  stopping.abort();
  await agent.down(stopSignal);
}

await main().catch(fail);
process.exit(exitCode);
