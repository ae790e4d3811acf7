import { Refusal } from './refusal.js';

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (status: number, body: unknown): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});

export const ok = (): Answer => json(200, { status: 'ok' });

export const failure = (status: number, error: string): Answer =>
  json(status, { status: 'error', error });

/** Unknown routes, wrong methods, and the routes of protocols that are switched off. */
export const noRoute = (): Answer => ({
  status: 404,
  contentType: 'text/plain',
  body: '404 page not found',
});

export async function answerOf(handle: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await handle();
  } catch (refusal) {
    if (refusal instanceof Refusal) return failure(refusal.status, refusal.message);
    throw refusal;
  }
}
