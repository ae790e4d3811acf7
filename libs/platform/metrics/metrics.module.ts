/**
 * What the process tells Prometheus at /metrics. Every family is registered by whoever knows what it
 * counts, with the registry of this module; no label may have values without a bound.
 */
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';

import { type BuildInfo, registerBuildInfo } from './build-info.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { METRICS_PATH } from './metrics-path.js';
import { MetricsController } from './metrics.controller.js';

/**
 * Of what prom-client tells of every Node.js: gauges whose names promtool refuses, since they end in
 * `_total`; and three series for each space of the heap, which nobody has ever looked at.
 */
const LEFT_OUT = [
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
];

/** In seconds: pauses that nobody notices, those that a request feels, and the rest; few, for each kind. */
const GC_BUCKETS = [0.01, 0.1];

@Global()
@Module({})
export class MetricsModule {
  static register(build: BuildInfo): DynamicModule {
    const registry = new Registry();
    const prometheus = PrometheusModule.register({
      path: METRICS_PATH,
      controller: MetricsController,
      // A registry of our own: the library's is shared by all that a process loads.
      defaultMetrics: {
        enabled: true,
        config: { register: registry, gcDurationBuckets: GC_BUCKETS },
      },
    });
    LEFT_OUT.forEach((name) => {
      registry.removeSingleMetric(name);
    });
    registerBuildInfo(registry, build);
    return {
      module: MetricsModule,
      imports: [prometheus],
      providers: [{ provide: Registry, useValue: registry }, HttpMetrics, DatabaseMetrics],
      exports: [Registry, HttpMetrics],
    };
  }
}
