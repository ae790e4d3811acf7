/**
 * W3C trace context through the process: what a caller sends as `traceparent` stands in every line
 * that its request logs, and goes on to the nodes that are called for it. By OpenTelemetry's own
 * parts, whether spans are exported or not; a request without the header costs nothing.
 */
import {
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  context,
  isSpanContextValid,
  propagation,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator, getRPCMetadata } from '@opentelemetry/core';
import { type FastifyInstance } from 'fastify';

const TRACER = 'vigia';

/** For a process that exports no spans; one that does brings the same parts itself. */
export function passTraceContextOn(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

/** Must be called before routes are registered. */
export function takeTraceContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const exported = getRPCMetadata(context.active());
    if (exported !== undefined) {
      const { url } = request.routeOptions;
      // Without one the span is called by its method alone.
      if (url !== undefined) {
        exported.route = url;
      }
    }
    if (exported !== undefined || request.headers['traceparent'] === undefined) {
      done();
      return;
    }
    context.with(propagation.extract(ROOT_CONTEXT, request.headers), done);
  });
}

/** For a log line; empty outside of any trace. */
export function traceIds(): { traceId?: string; spanId?: string } {
  const ids = trace.getSpanContext(context.active());
  return ids !== undefined && isSpanContextValid(ids)
    ? { traceId: ids.traceId, spanId: ids.spanId }
    : {};
}

/** For a call to another system that belongs to ours. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** What nobody asked for over HTTP, as a trace of its own. Free while no spans are exported. */
export function traced<T>(
  name: string,
  attributes: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  const tracer = trace.getTracer(TRACER);
  return tracer.startActiveSpan(name, { attributes, root: true }, (span) => ended(span, run));
}

async function ended<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (err) {
    // Not the error itself: its text may hold what nobody may see.
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw err;
  } finally {
    span.end();
  }
}
