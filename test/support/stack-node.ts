import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The MediaMTX of a local stack, as its data folder shows it. */
export class StackNode {
  constructor(private readonly dataDir: string) {}

  /** The file with which MediaMTX would be started now. */
  nextStart(): string {
    return readFileSync(path.join(this.dataDir, 'node/next/mediamtx.yml'), 'utf8');
  }

  /** The names of the paths that MediaMTX has, sorted. */
  async listed(): Promise<string[]> {
    const account = Buffer.from(`vigia:${this.secret('mediamtx-password')}`).toString('base64');
    // The log goes on over restarts of the stack, which changes its ports.
    const started = [...this.log().matchAll(/\[API\] started with listener on (\S+)/g)].at(-1);
    const address = started?.[1] ?? '';
    const url = `http://${address}/v3/paths/list`;
    const answer = await fetch(url, { headers: { authorization: `Basic ${account}` } });
    const { items } = (await answer.json()) as { items: { name: string }[] };
    return items.map(({ name }) => name);
  }

  private log(): string {
    return readFileSync(path.join(this.dataDir, 'logs/mediamtx.log'), 'utf8');
  }

  private secret(name: string): string {
    return readFileSync(path.join(this.dataDir, name), 'utf8').trim();
  }
}
