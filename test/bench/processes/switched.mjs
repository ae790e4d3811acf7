/**
 * Loaded before the API's main file: at SIGUSR1 it goes on to the next side, as if the API counted no
 * requests, or knew nothing of trace context; and says which. In one process, since two of the same
 * code differ by more than what is looked for. Nothing in the product knows of it.
 */
import { register } from 'node:module';

import { context } from '@opentelemetry/api';

register('./switched-hooks.mjs', import.meta.url);

/** There and back, so that what grows meanwhile is in all of them. `twin` is `ours` once more. */
const THERE = ['ours', 'metrics', 'traces', 'twin'];
const SIDES = [...THERE, ...THERE.toReversed()];
let steps = 0;
let side = 'ours';

/** Hooks of requests that end at once while it is that side's turn. */
globalThis.benchSwitched = (name, fastify) => ({
  addHook: (event, hook) =>
    fastify.addHook(
      event,
      event === 'onRoute'
        ? hook
        : (request, reply, done) => (side === name ? done() : hook(request, reply, done)),
    ),
});

const { HttpMetrics } = await import('#platform/metrics/http-metrics.js');
const { passTraceContextOn } = await import('#platform/tracing/trace-context.js');

const { observe } = HttpMetrics.prototype;
HttpMetrics.prototype.observe = function (fastify) {
  observe.call(this, globalThis.benchSwitched('metrics', fastify));
};

process.on('SIGUSR1', () => {
  const before = side;
  side = SIDES[steps % SIDES.length];
  steps += 1;
  if (side === 'traces') context.disable();
  else if (before === 'traces') passTraceContextOn();
  process.stdout.write(`${JSON.stringify({ bench: `step ${steps}`, side })}\n`);
});
