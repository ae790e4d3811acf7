import { describe, expect, it } from '@jest/globals';

import { exporterOf } from './tracing.js';

const ENDPOINT = 'http://collector:4318';

describe('whether spans are exported', () => {
  it.each([
    [{}, null],
    [{ OTEL_SERVICE_NAME: 'vigia' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, 'otlp'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT }, 'otlp'],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'otlp'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'console'],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, null],
    [{ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, null],
  ])('is said by %j: %s', (environment, exporter) => {
    expect(exporterOf(environment)).toBe(exporter);
  });
});
