export class Postgres {
  static start(settings?: Readonly<Record<string, string>>): Promise<Postgres>;
  readonly port: number;
  readonly pid: number | undefined;
  url(database?: string): string;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  remove(): Promise<void>;
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    database?: string,
  ): Promise<Row[]>;
}
