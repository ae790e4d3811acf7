import { Gauge, type Registry } from 'prom-client';

export interface BuildInfo {
  /** Of package.json. */
  readonly version: string;
}

/** Always 1: what is told stands in the labels. */
export function registerBuildInfo(registry: Registry, { version }: BuildInfo): void {
  new Gauge({
    name: 'vigia_build_info',
    help: 'Which version runs, and on which Node.js; always 1.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version, node_version: process.version }, 1);
}
