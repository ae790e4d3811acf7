import { type Answer, json } from './answer.js';
import { type HandlerContext } from './exchange.js';
import { now } from './go-time.js';
import { paginate } from './pagination.js';
import { type ProcessState } from './process-state.js';
import { invalid, notFound } from './refusal.js';
import { type RuntimePath } from './runtime-path.js';

export function listPaths(state: ProcessState, { exchange }: HandlerContext): Answer {
  const at = now();
  const page = paginate(state.runtime.all(), exchange.query);
  const items = (page.items as readonly RuntimePath[]).map((path) => path.describe(at));
  return json(200, { ...page, items });
}

export function getPath(state: ProcessState, { name }: HandlerContext): Answer {
  if (name === '') throw invalid('invalid name');
  const path = state.runtime.get(name);
  if (path === undefined) throw notFound('path not found');
  return json(200, path.describe(now()));
}
