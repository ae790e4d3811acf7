/** Runs of the local stack on one data folder: making a database is what takes longest. */
import { LocalStackProcess, type StackOptions, dataFolder, removeFolder } from './local-stack.js';

export class StackRuns {
  readonly dataDir = dataFolder();
  private readonly started: LocalStackProcess[] = [];

  async up(options: Partial<StackOptions> = {}): Promise<LocalStackProcess> {
    return this.keep(await LocalStackProcess.up({ dataDir: this.dataDir, ...options }));
  }

  /** One that is expected to end by itself. */
  async failing(env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
    const stack = this.keep(await LocalStackProcess.start({ dataDir: this.dataDir, env }));
    return { code: await stack.exited, output: stack.output };
  }

  /** To be ended with the others. */
  keep(stack: LocalStackProcess): LocalStackProcess {
    this.started.push(stack);
    return stack;
  }

  async endAll(): Promise<void> {
    for (const stack of this.started.splice(0).reverse()) await stack.end();
  }

  remove(): void {
    removeFolder(this.dataDir);
  }
}
