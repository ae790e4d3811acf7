import { z } from 'zod';

const indicators = z.record(
  z.string(),
  z.looseObject({ status: z.enum(['up', 'down', 'degraded']) }),
);

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: indicators.meta({ description: 'What is up or degraded.' }),
    error: indicators.meta({ description: 'What is down.' }),
    details: indicators.meta({ description: 'Everything that was checked.' }),
  })
  .meta({ id: 'Health', description: 'As @nestjs/terminus answers it.' });
