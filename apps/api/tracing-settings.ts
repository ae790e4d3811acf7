import { type ApiConfig } from '#platform/config/api-config.js';
import { type TracingSettings } from '#platform/tracing/tracing.js';

import { VERSION } from './version.js';

export function tracingSettings({ nodes }: ApiConfig): TracingSettings {
  const ownUrls = nodes.flatMap(({ apiUrl, agentUrl }) => [apiUrl, agentUrl ?? []].flat());
  return { version: VERSION, ownUrls };
}
