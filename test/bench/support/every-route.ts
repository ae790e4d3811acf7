/** Each route of the API once, whatever it answers: from then on its series are there. */
import { v7 as uuidv7 } from 'uuid';

import { type HttpClient } from './http-client.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const BEYOND_THE_DOCUMENT = ['/docs', '/docs-json', '/metrics', '/nowhere'];

export async function callEveryRoute(http: HttpClient): Promise<void> {
  const { paths } = JSON.parse(await http.done('GET', '/docs-json')) as Document;
  for (const [template, operations] of Object.entries(paths)) {
    const path = template.replace(/\{\w+\}/g, uuidv7());
    for (const method of Object.keys(operations).map((name) => name.toUpperCase())) {
      await http.call(method, path, method === 'GET' ? undefined : {});
    }
  }
  for (const path of BEYOND_THE_DOCUMENT) await http.call('GET', path);
}
