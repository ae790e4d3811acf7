/** Whether spans are exported, by the standard variables of OpenTelemetry; read before all else. */
import { hostOf } from './host-of.js';
import { passTraceContextOn } from './trace-context.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TracingSettings {
  readonly version: string;
  /** URLs of the systems that belong to ours. */
  readonly ownUrls: readonly string[];
}

/** Too low: the last spans are lost. Too high: a collector that is gone holds up the end. */
const FLUSH_MS = 2_000;

let end: () => Promise<void> = () => Promise.resolve();

/** Loads the SDK only when it is wanted. */
export async function beginTracing(
  environment: Environment,
  { version, ownUrls }: TracingSettings,
): Promise<void> {
  const exporter = exporterOf(environment);
  if (exporter === null) {
    passTraceContextOn();
    return;
  }
  const { exportSpans } = await import('./span-export.js');
  end = exportSpans({ exporter, version, ownHosts: new Set(ownUrls.map(hostOfUrl)) });
}

/** Sends what is still to be sent; a collector that is gone is no reason not to end. */
export async function endTracing(): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS).unref());
  await Promise.race([end().catch(() => undefined), late]);
}

/**
 * Named, or where to send to is; off otherwise, which is not the standard's default: that would send
 * to a port of this machine where mostly nobody listens.
 */
export function exporterOf(environment: Environment): 'otlp' | 'console' | null {
  const { OTEL_SDK_DISABLED: disabled, OTEL_TRACES_EXPORTER: named } = environment;
  if (disabled?.toLowerCase() === 'true' || named === 'none') {
    return null;
  }
  if (named === 'otlp' || named === 'console') {
    return named;
  }
  const isAddressed = ENDPOINTS.some((name) => (environment[name] ?? '') !== '');
  return isAddressed ? 'otlp' : null;
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

function hostOfUrl(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return hostOf(protocol, hostname, port);
}
