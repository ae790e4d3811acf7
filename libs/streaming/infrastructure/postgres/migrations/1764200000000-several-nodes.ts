import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A node may have no limit, and any replica can tell whether it has an agent. */
export class SeveralNodes1764200000000 implements MigrationInterface {
  readonly name = 'SeveralNodes1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE nodes
        ALTER COLUMN max_paths DROP NOT NULL,
        ADD COLUMN has_agent boolean NOT NULL DEFAULT false`);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('migrations go forward only; restore a backup instead'));
  }
}
