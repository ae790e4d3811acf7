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
  type HealthCheckAttempt,
  type HealthIndicatorFunction,
  type HealthIndicatorResult,
} from '@nestjs/terminus';

import { Database } from '#platform/database/database.js';
import { Drain } from '#platform/http/drain.js';
import { ReadNodes } from '#streaming/application/read-nodes.js';
import { STREAMING_MIGRATIONS } from '#streaming/infrastructure/postgres/schema.js';

import { healthSchema } from './health.schema.js';

/** Too low: a busy database looks dead. Too high: a probe times out before it hears the truth. */
const CHECK_TIMEOUT_MS = 1_000;
const CACHE_MS = 1_000;

const MIGRATED_SQL = `SELECT count(*)::int AS applied FROM migrations WHERE name = ANY($1)`;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly nodes: ReadNodes,
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
    return this.health.check([...this.fatal(), () => this.nodesIndicator()]);
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
    return this.health.check([...this.fatal(), () => this.nodesIndicator()]);
  }

  private fatal(): HealthIndicatorFunction[] {
    return [() => this.databaseIndicator(), () => this.processIndicator()];
  }

  private databaseIndicator(): HealthCheckAttempt {
    return this.indicators
      .check('database')
      .attempt(async () => {
        const names = STREAMING_MIGRATIONS.map(({ name }) => name);
        const [row] = await this.database.query<{ applied: number }>(MIGRATED_SQL, [names]);
        if (row?.applied !== names.length) {
          throw new Error('the schema is not migrated');
        }
      })
      .withTimeout(CHECK_TIMEOUT_MS)
      .cacheFor(CACHE_MS);
  }

  private processIndicator(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.drain.isDraining ? indicator.down('draining') : indicator.up();
  }

  private async nodesIndicator(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('mediamtx');
    try {
      const nodes = await within(CHECK_TIMEOUT_MS, this.nodes.execute());
      const details = { nodes };
      return nodes.every(({ isHealthy }) => isHealthy)
        ? indicator.up(details)
        : indicator.degraded(details);
    } catch {
      return indicator.degraded('unknown: the database cannot be used');
    }
  }
}

/** @throws when `answer` takes longer than `ms` */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
