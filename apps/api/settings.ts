/** From the environment to what each part wants to know. */
import { type Provider } from '@nestjs/common';
import { hostname } from 'node:os';

import { type ApiConfig } from '#platform/config/api-config.js';
import { type NodeConfig } from '#platform/config/node-config.js';
import { CONNECT_TIMEOUT_MS } from '#platform/database/data-source.js';
import { DedicatedConnection } from '#platform/database/dedicated-connection.js';
import { StreamingSettings } from '#streaming/application/streaming-settings.js';
import { type NodeDescription } from '#streaming/domain/ports/node-directory.js';
import { NodeAgentSettings } from '#streaming/infrastructure/node-agent/node-agent-settings.js';
import { MediaMtxSettings } from '#streaming/infrastructure/mediamtx/media-mtx-settings.js';
import { LeaseSettings } from '#streaming/infrastructure/postgres/pg-node-leases.js';
import { NodeJobSettings } from '#streaming/jobs/node.job.js';
import { type NodeSetup } from '#streaming/node.module.js';
import { type StreamingSetup } from '#streaming/streaming.module.js';

/** Too low: a busy agent looks dead. Too high: a tick waits for one that is. */
const AGENT_TIMEOUT_MS = 2_000;

/** Well below the age at which a look counts as stale. */
const MAX_RENEW_MS = 5_000;

/** A renewal that takes longer than this could not be trusted anyway. */
const LEASE_QUERY_TIMEOUT_MS = 3_000;

export function streamingSetup(config: ApiConfig): StreamingSetup {
  const [first, ...others] = config.nodes;
  return {
    configured: {
      descriptions: [nodeDescription(first), ...others.map(nodeDescription)],
      pathPrefix: config.PATH_PREFIX,
    },
    retention: { retentionDays: config.RETENTION_DAYS },
    shared: sharedSettings(config),
    nodes: config.nodes.map((node) => nodeSetup(config, node)),
  };
}

function sharedSettings(config: ApiConfig): Provider[] {
  return [
    {
      provide: LeaseSettings,
      useValue: { owner: ownerOf(config), leaseTtlMs: config.LEASE_TTL_MS } satisfies LeaseSettings,
    },
    {
      provide: DedicatedConnection,
      useFactory: () =>
        new DedicatedConnection({
          url: config.DATABASE_URL,
          name: 'vigia-lease',
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          queryTimeoutMs: LEASE_QUERY_TIMEOUT_MS,
        }),
    },
  ];
}

/** A process that is restarted on the same host and port is the same owner. */
function ownerOf({ PORT }: ApiConfig): string {
  return `${hostname()}:${PORT === 0 ? `pid-${process.pid}` : PORT}`;
}

function nodeSetup(config: ApiConfig, node: NodeConfig): NodeSetup {
  return {
    id: node.id,
    settings: [
      { provide: StreamingSettings, useValue: streamingSettings(config, node) },
      { provide: MediaMtxSettings, useValue: mediaMtxSettings(config, node) },
      { provide: NodeAgentSettings, useValue: agentSettings(config, node) },
      {
        provide: NodeJobSettings,
        useValue: {
          nodeId: node.id,
          reconcileIntervalMs: config.RECONCILE_INTERVAL_MS,
          // Health is as fresh as the last renewal.
          leaseRenewMs: Math.min(config.LEASE_TTL_MS / 3, MAX_RENEW_MS),
        } satisfies NodeJobSettings,
      },
    ],
  };
}

function streamingSettings(config: ApiConfig, node: NodeConfig): StreamingSettings {
  return {
    nodeId: node.id,
    pathPrefix: config.PATH_PREFIX,
    sourceDeadlineMs: config.SOURCE_DEADLINE_MS,
    orphanGraceMs: config.ORPHAN_GRACE_MS,
    auditIntervalMs: config.CONFIG_AUDIT_INTERVAL_MS,
    dialsPerSecond: config.DIALS_PER_SECOND,
    breakerMs: config.BREAKER_MAX_MS,
    leaseSafeMs: (config.LEASE_TTL_MS * 2) / 3,
  };
}

function mediaMtxSettings(config: ApiConfig, node: NodeConfig): MediaMtxSettings {
  const { MEDIAMTX_API_USER: username, MEDIAMTX_API_PASSWORD: password } = config;
  return {
    apiUrl: node.apiUrl,
    credentials: username === undefined || password === undefined ? null : { username, password },
    timeoutMs: config.MEDIAMTX_TIMEOUT_MS,
  };
}

function agentSettings(config: ApiConfig, { agentUrl: url }: NodeConfig): NodeAgentSettings | null {
  const { NODE_AGENT_TOKEN: token } = config;
  return url === null || token === undefined ? null : { url, token, timeoutMs: AGENT_TIMEOUT_MS };
}

function nodeDescription(node: NodeConfig): NodeDescription {
  const apiUrl = new URL(node.apiUrl);
  apiUrl.username = '';
  apiUrl.password = '';
  return {
    id: node.id,
    apiUrl: apiUrl.href,
    playback: node.playback,
    maxPaths: node.capacity,
    hasAgent: node.agentUrl !== null,
  };
}
