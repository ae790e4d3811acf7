/** From the command of the README to a stream that runs. */
import { ApiClient } from '#test/support/api/api-client.js';
import { LocalStackProcess, dataFolder, removeFolder } from '#test/support/local-stack.js';

/** Each since `npm start` was called. */
export interface FirstRunning {
  readonly builtMs: number;
  readonly upMs: number;
  readonly runningMs: number;
}

/** @param dataDir of an earlier run, if it should be known already */
export async function firstRunning(dataDir: string): Promise<FirstRunning> {
  const begunMs = performance.now();
  const since = (): number => performance.now() - begunMs;
  const stack = await LocalStackProcess.start({ dataDir, launcher: ['npm', 'start'] });
  try {
    await stack.untilSaid('local stack');
    const builtMs = since();
    await stack.untilUp();
    const upMs = since();
    await run(stack);
    return { builtMs, upMs, runningMs: since() };
  } finally {
    await stack.end();
  }
}

export async function withDataFolder<T>(action: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = dataFolder();
  try {
    return await action(dataDir);
  } finally {
    removeFolder(dataDir);
  }
}

async function run({ apiUrl, cameraUrl = '' }: LocalStackProcess): Promise<void> {
  const client = new ApiClient(apiUrl);
  const { body } = await client.start(`bench-${Date.now()}`, cameraUrl, { waitS: 30 });
  if (body.status !== 'RUNNING') throw new Error(`it is ${body.status}, not RUNNING`);
}
