/** MediaMTX's control API as the measurements need it. */
import { setTimeout as delay } from 'node:timers/promises';

import { HttpClient } from './http-client.js';
import { type MeasuredPath } from './paths.js';

/** Too low: asking costs MediaMTX what is to be measured. Too high: moments are blurred. */
const POLL_MS = 1;

export class Control {
  private readonly http: HttpClient;

  constructor(url: string) {
    this.http = new HttpClient(url);
  }

  replace(name: string, path: MeasuredPath): Promise<string> {
    return this.http.done('POST', `/v3/config/paths/replace/${name}`, path);
  }

  remove(name: string): Promise<string> {
    return this.http.done('DELETE', `/v3/config/paths/delete/${name}`);
  }

  /** One after the other, as the same client would without Vigia. */
  async replaceAll(paths: Readonly<Record<string, MeasuredPath>>): Promise<void> {
    for (const [name, path] of Object.entries(paths)) await this.replace(name, path);
  }

  /** How many paths there are; null while nobody answers. */
  async count(): Promise<number | null> {
    const answer = await this.http
      .call('GET', '/v3/paths/list?itemsPerPage=1')
      .catch(() => ({ status: 0, text: '' }));
    return answer.status === 200
      ? (JSON.parse(answer.text) as { itemCount: number }).itemCount
      : null;
  }

  async items(list = '/v3/paths/list'): Promise<Record<string, unknown>[]> {
    const text = await this.http.done('GET', `${list}?itemsPerPage=100000`);
    return (JSON.parse(text) as { items: Record<string, unknown>[] }).items;
  }

  async untilPresent(name: string, isPresent = true): Promise<void> {
    while (((await this.http.call('GET', `/v3/paths/get/${name}`)).status === 200) !== isPresent) {
      await delay(POLL_MS);
    }
  }

  /**
   * @param everyMs a list costs MediaMTX about what a write does
   * @returns when the first was there, and when all were
   */
  async untilListed(wanted: number, everyMs: number): Promise<{ firstAt: number; allAt: number }> {
    let firstAt: number | null = null;
    for (;;) {
      const count = (await this.count()) ?? 0;
      const now = performance.now();
      if (count > 0) firstAt ??= now;
      if (count >= wanted) return { firstAt: firstAt ?? now, allAt: now };
      await delay(everyMs);
    }
  }

  close(): void {
    this.http.close();
  }
}
