import { type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

import { type ApiConfig } from '#platform/config/api-config.js';
import { Drain } from '#platform/http/drain.js';
import { createFastifyAdapter } from '#platform/http/fastify-adapter.js';
import { refuseWithoutIfMatch } from '#platform/http/if-match.js';
import { RouteTable } from '#platform/http/route-table.js';
import { earlyLogger } from '#platform/logging/logger-module.js';
import { HttpMetrics } from '#platform/metrics/http-metrics.js';
import { takeTraceContext } from '#platform/tracing/trace-context.js';

import { AppModule } from './app.module.js';
import { serveDocument } from './openapi.js';

/** The application, wired and not yet listening. */
export async function createApp(
  config: ApiConfig,
  adapters: Provider[] = [],
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.create(config, adapters),
    createFastifyAdapter(),
    {
      logger: earlyLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const fastify = app.getHttpAdapter().getInstance();
  takeTraceContext(fastify);
  app.get(RouteTable).observe(fastify);
  app.get(HttpMetrics).observe(fastify);
  app.get(Drain).observe(fastify);
  refuseWithoutIfMatch(fastify);
  serveDocument(app);
  return app;
}
