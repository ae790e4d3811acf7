/**
 * OpenTelemetry, on by the standard variables: spans of requests, of SQL and of calls to the nodes,
 * sent by OTLP over HTTP. Must begin before anything is loaded that it looks into. Only this file and
 * what it loads knows the SDK, so that a process that exports nothing does not load it.
 */
import { createRequire } from 'node:module';

import { Logger } from '@nestjs/common';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import { hostOf } from './host-of.js';

export interface SpanExportSettings {
  readonly exporter: 'otlp' | 'console';
  readonly version: string;
  /** `host:port` of the systems that belong to ours; calls to others, as to cameras, are no spans. */
  readonly ownHosts: ReadonlySet<string>;
}

/** Too noisy, and nobody asks how long they took. */
const PROBES = /^\/(?:health|metrics)(?:[/?]|$)/;

/** @returns ends it: sends what is still to be sent */
export function exportSpans(settings: SpanExportSettings): () => Promise<void> {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({ 'service.name': 'vigia', 'service.version': settings.version }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporterOf(settings))],
  });
  provider.register();
  setGlobalErrorHandler(sayOnce);
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => PROBES.test(url),
        // A camera's URL holds its credentials, and it is none of its business who asks.
        ignoreOutgoingRequestHook: ({ protocol, hostname, host, port }) => {
          const name = hostname ?? host ?? '';
          return !settings.ownHosts.has(hostOf(protocol ?? 'http:', name, String(port ?? '')));
        },
        requireParentforOutgoingSpans: true,
      }),
      // Statements with $1 in place of their values, as they are written in the code.
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
  // The instrumentation sees what is required, and not what is imported; both are one and the same.
  createRequire(import.meta.url)('pg');
  return () => provider.shutdown();
}

let hasSaid = false;

/** What does not reach the collector is tried a few times and lost: nobody acts on each of them. */
function sayOnce(err: unknown): void {
  if (!hasSaid) {
    hasSaid = true;
    new Logger('Tracing').warn(
      { err },
      'spans cannot be sent; what cannot is lost, and not said again',
    );
  }
}

function exporterOf({ exporter }: SpanExportSettings): SpanExporter {
  return exporter === 'console' ? new ConsoleSpanExporter() : new OTLPTraceExporter();
}
