import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { Drain } from '#platform/http/drain.js';

import { HealthChecks } from './health-checks.js';

/** What /health/ready says, for whoever watches the process from outside of its orchestrator. */
@Injectable()
export class HealthMetrics {
  constructor(registry: Registry, checks: HealthChecks, drain: Drain) {
    new Gauge({
      name: 'vigia_database_up',
      help: '1: the database is reachable and migrated, as of the last second.',
      registers: [registry],
      collect() {
        this.set(checks.isDatabaseUp ? 1 : 0);
      },
    });
    new Gauge({
      name: 'vigia_draining',
      help: '1: the process is about to end, and takes no new work.',
      registers: [registry],
      collect() {
        this.set(drain.isDraining ? 1 : 0);
      },
    });
  }
}
