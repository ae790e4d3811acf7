import { type IncomingMessage } from 'node:http';
import { type Exchange, decodePercent } from './exchange.js';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Null when the client went away before its request was whole: such a request has no effect. */
export async function readExchange(request: IncomingMessage): Promise<Exchange | null> {
  const body = await readBody(request);
  if (body === 'aborted') return null;
  const target = request.url ?? '/';
  const [rawPath = '', rawQuery = ''] = target.split(/\?(.*)/s);
  return {
    method: request.method ?? 'GET',
    target,
    path: decodePercent(rawPath),
    query: new URLSearchParams(rawQuery),
    authorization: request.headers.authorization,
    isPreflight: request.headers['access-control-request-method'] !== undefined,
    body: body === 'too-large' ? null : body.toString('utf8'),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size < MAX_BODY_BYTES) chunks.push(chunk as Buffer);
    }
  } catch {
    return 'aborted';
  }
  return size < MAX_BODY_BYTES ? Buffer.concat(chunks) : 'too-large';
}
