import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type LocalStackProcess } from './local-stack.js';
import { type Json } from './mediamtx/control-api.js';

/** The agent of a local stack and its MediaMTX, spoken to with the secrets of the data folder. */
export class StackNode {
  constructor(
    private readonly stack: LocalStackProcess,
    private readonly dataDir: string,
  ) {}

  async put(wanted: Json): Promise<void> {
    await this.agent('PUT', '/v1/wanted', wanted);
  }

  report(): Promise<Json> {
    return this.agent('GET', '/v1/report');
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

  private async agent(method: string, route: string, body?: Json): Promise<Json> {
    const answer = await fetch(`${this.stack.agentUrl}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.secret('node-agent-token')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(await answer.text());
    return (await answer.json()) as Json;
  }

  private log(): string {
    return readFileSync(path.join(this.dataDir, 'logs/mediamtx.log'), 'utf8');
  }

  private secret(name: string): string {
    return readFileSync(path.join(this.dataDir, name), 'utf8').trim();
  }
}
