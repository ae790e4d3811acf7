/** From the environment to what each part wants to know. */
import { type Provider } from '@nestjs/common';
import { hostname } from 'node:os';

import { type ApiConfig } from '#platform/config/api-config.js';
import { CONNECT_TIMEOUT_MS } from '#platform/database/data-source.js';
import { DedicatedConnection } from '#platform/database/dedicated-connection.js';
import { RetentionSettings } from '#streaming/application/prune-history.js';
import { ConfiguredNode } from '#streaming/application/register-node.js';
import { StreamingSettings } from '#streaming/application/streaming-settings.js';
import { MediaMtxSettings } from '#streaming/infrastructure/mediamtx/media-mtx-settings.js';
import { NodeAgentSettings } from '#streaming/infrastructure/node-agent/node-agent-settings.js';
import { LeaseSettings } from '#streaming/infrastructure/postgres/pg-node-leases.js';
import { NodeJobSettings } from '#streaming/jobs/node.job.js';

/** MediaMTX's cost of a write grows with its paths; beyond this use more nodes. */
const MAX_PATHS = 1_000;

/** Well below the age at which a look counts as stale. */
const MAX_RENEW_MS = 5_000;

/** A renewal that takes longer than this could not be trusted anyway. */
const LEASE_QUERY_TIMEOUT_MS = 3_000;

export function streamingProviders(config: ApiConfig): Provider[] {
  return [
    { provide: StreamingSettings, useValue: streamingSettings(config) },
    { provide: RetentionSettings, useValue: { retentionDays: config.RETENTION_DAYS } },
    { provide: MediaMtxSettings, useValue: mediaMtxSettings(config) },
    { provide: NodeAgentSettings, useValue: nodeAgentSettings(config) },
    { provide: ConfiguredNode, useValue: { description: nodeDescription(config) } },
    {
      provide: LeaseSettings,
      useValue: { owner: ownerOf(config), leaseTtlMs: config.LEASE_TTL_MS } satisfies LeaseSettings,
    },
    {
      provide: NodeJobSettings,
      useValue: {
        reconcileIntervalMs: config.RECONCILE_INTERVAL_MS,
        // Health is as fresh as the last renewal.
        leaseRenewMs: Math.min(config.LEASE_TTL_MS / 3, MAX_RENEW_MS),
      } satisfies NodeJobSettings,
    },
    {
      provide: DedicatedConnection,
      useFactory: () =>
        new DedicatedConnection({
          url: config.DATABASE_URL,
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

function streamingSettings(config: ApiConfig): StreamingSettings {
  return {
    nodeId: config.NODE_ID,
    pathPrefix: config.PATH_PREFIX,
    sourceDeadlineMs: config.SOURCE_DEADLINE_MS,
    orphanGraceMs: config.ORPHAN_GRACE_MS,
    auditIntervalMs: config.CONFIG_AUDIT_INTERVAL_MS,
    dialsPerSecond: config.DIALS_PER_SECOND,
    breakerMs: config.BREAKER_MAX_MS,
    leaseSafeMs: (config.LEASE_TTL_MS * 2) / 3,
  };
}

function mediaMtxSettings(config: ApiConfig): MediaMtxSettings {
  const { MEDIAMTX_API_USER: username, MEDIAMTX_API_PASSWORD: password } = config;
  return {
    apiUrl: config.MEDIAMTX_API_URL,
    credentials: username === undefined || password === undefined ? null : { username, password },
    timeoutMs: config.MEDIAMTX_TIMEOUT_MS,
  };
}

function nodeAgentSettings(config: ApiConfig): NodeAgentSettings {
  const { NODE_AGENT_URL: url = null, NODE_AGENT_TOKEN: token = '' } = config;
  return { url, token };
}

function nodeDescription(config: ApiConfig): ConfiguredNode['description'] {
  const apiUrl = new URL(config.MEDIAMTX_API_URL);
  apiUrl.username = '';
  apiUrl.password = '';
  return {
    id: config.NODE_ID,
    apiUrl: apiUrl.href,
    playback: {
      hls: config.MEDIAMTX_HLS_URL,
      webrtc: config.MEDIAMTX_WEBRTC_URL,
      rtsp: config.MEDIAMTX_RTSP_URL,
    },
    maxPaths: MAX_PATHS,
  };
}
