import { type Postgres } from '../postgres/postgres.mjs';

export function findCanary(
  folder: string,
  postgres: Postgres,
): Promise<{ searched: number; hits: string[] }>;
