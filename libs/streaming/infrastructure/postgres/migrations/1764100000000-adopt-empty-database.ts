import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The operator's word that lets a braked removal go on. Older replicas do not read it. */
export class AdoptEmptyDatabase1764100000000 implements MigrationInterface {
  readonly name = 'AdoptEmptyDatabase1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE nodes ADD COLUMN adopted_until timestamptz`);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('migrations go forward only; restore a backup instead'));
  }
}
