/**
 * Health for people and probes. A dead MediaMTX is told and never fatal: taking every replica out of
 * service because of one node would end what still works.
 */
import { Controller, Get, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';

import { type Checked } from '#platform/background-check.js';
import { Drain } from '#platform/http/drain.js';

import { HealthChecks } from './health-checks.js';
import { healthSchema } from './health.schema.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly checks: HealthChecks,
    private readonly drain: Drain,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'getHealth', summary: 'Everything, for people' })
  @ApiResponse({
    status: 200,
    description: 'Serving; `degraded` when a node is not well.',
    standardSchema: healthSchema,
  })
  @ApiResponse({
    status: 503,
    description: 'The database cannot be used, or the process is draining.',
    standardSchema: healthSchema,
  })
  all(): Promise<HealthCheckResult> {
    return this.everything();
  }

  @Get('live')
  @HttpCode(200)
  @ApiOperation({ operationId: 'getLiveness', summary: 'Is the process alive? Asks nobody else' })
  @ApiResponse({ status: 200, description: 'Alive.', standardSchema: healthSchema })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @ApiOperation({ operationId: 'getReadiness', summary: 'May requests be sent here?' })
  @ApiResponse({ status: 200, description: 'Yes.', standardSchema: healthSchema })
  @ApiResponse({
    status: 503,
    description: 'No: database or schema, or draining.',
    standardSchema: healthSchema,
  })
  ready(): Promise<HealthCheckResult> {
    return this.everything();
  }

  private everything(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.databaseIndicator(),
      () => this.processIndicator(),
      () => this.nodesIndicator(),
    ]);
  }

  private async databaseIndicator(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    const checked = await this.checks.database.soon();
    if (checked.kind !== 'good') {
      return indicator.down({ message: trouble(checked), ...timesOf(checked) });
    }
    return checked.value.isMigrated
      ? indicator.up(timesOf(checked))
      : indicator.down({ message: 'the schema is not migrated', ...timesOf(checked) });
  }

  private processIndicator(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.drain.isDraining ? indicator.down('draining') : indicator.up();
  }

  private async nodesIndicator(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('mediamtx');
    // What the nodes are like is written in the database: without it, what is remembered is old.
    const [database, checked] = await Promise.all([
      this.checks.database.soon(),
      this.checks.nodes.soon(),
    ]);
    if (database.kind !== 'good') {
      return indicator.degraded('unknown: the database cannot be used');
    }
    if (checked.kind !== 'good') {
      return indicator.degraded(`unknown: ${trouble(checked)}`);
    }
    const details = { nodes: checked.value };
    return checked.value.every(({ isHealthy }) => isHealthy)
      ? indicator.up(details)
      : indicator.degraded(details);
  }
}

function trouble({ kind }: Checked<unknown>): string {
  return kind === 'failed' ? 'cannot be used' : 'not asked yet, or no answer for too long';
}

/** How long the last answer took, and how old it is. */
function timesOf(checked: Checked<unknown>): { responseTime?: number; ageMs?: number } {
  return checked.kind === 'unknown'
    ? {}
    : { responseTime: Math.round(checked.tookMs), ageMs: Math.round(checked.ageMs) };
}
