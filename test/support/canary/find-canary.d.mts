export interface Searched {
  readonly log: number;
  readonly answers: number;
  readonly metrics: number;
  readonly tables: number;
  readonly rows: number;
  readonly events: number;
}

export function findCanary(
  folder: string,
  postgres: { query(sql: string, database?: string): Promise<unknown[]> },
  databases?: readonly string[],
): Promise<{ searched: Searched; hits: string[] }>;

export function sumOf(searched: Searched): string;
