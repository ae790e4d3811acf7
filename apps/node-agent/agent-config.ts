/** The environment of the agent, in one schema: read once, all faults at once. See docs/nodes.md. */
import { z } from 'zod';

import { StartupFailure } from '#supervision/startup-failure.js';

/** Too short a token can be guessed, and whoever has it says what MediaMTX does. */
const SHORTEST_TOKEN = 16;

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(0).max(65_535));

export const agentEnvironment = z.object({
  NODE_AGENT_TOKEN: z
    .string()
    .min(SHORTEST_TOKEN, `must be at least ${SHORTEST_TOKEN} characters long`)
    .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII characters'),
  NODE_AGENT_HOST: z.string().trim().min(1).default('127.0.0.1'),
  NODE_AGENT_PORT: port.default(9_996),
  NODE_AGENT_DIR: z.string().min(1).default('.vigia-node'),
  NODE_BASE_FILE: z.string().min(1),
  MEDIAMTX_BIN: z.string().min(1).optional(),
  NODE_ID: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, _ or -')
    .default('default'),
  PATH_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, _ or -')
    .default('cam'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});

export type AgentConfig = z.output<typeof agentEnvironment>;

/** @throws StartupFailure with every fault, one a line, and no value (it may be a secret) */
export function readAgentConfig(environment: NodeJS.ProcessEnv): AgentConfig {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  );
  const { data, error } = agentEnvironment.safeParse(present);
  if (data !== undefined) return data;
  const faults = error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return `${name}: ${present[name] === undefined ? 'must be set' : message}`;
  });
  throw new StartupFailure(`The environment is not valid:\n  ${faults.join('\n  ')}`);
}
