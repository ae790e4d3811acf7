import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The tables of the Streaming module. Forward only: an image never runs on an older schema. */
export class InitialSchema1764000000000 implements MigrationInterface {
  readonly name = 'InitialSchema1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE nodes (
        id text NOT NULL,
        api_url text NOT NULL,
        playback_urls jsonb NOT NULL,
        max_paths integer NOT NULL,
        CONSTRAINT pk_nodes PRIMARY KEY (id)
      )`);
    // Status changes rewrite rows in place; the free space keeps those updates on their page.
    await runner.query(`
      CREATE TABLE streams (
        id uuid NOT NULL,
        camera_id text NOT NULL,
        node_id text NOT NULL,
        path text NOT NULL,
        source_url text NOT NULL,
        source_secret bytea,
        source_has_user_info boolean NOT NULL,
        source_has_query boolean NOT NULL,
        key_id text,
        on_demand boolean NOT NULL,
        transport text NOT NULL,
        labels jsonb NOT NULL,
        desired text NOT NULL,
        status text NOT NULL,
        reason text,
        last_error_code text,
        last_error_detail text,
        last_error_at timestamptz,
        generation integer NOT NULL,
        applied_generation integer NOT NULL,
        parked_generation integer,
        removal_pending boolean NOT NULL,
        reconnects integer NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        stopped_at timestamptz,
        intent_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT pk_streams PRIMARY KEY (id),
        CONSTRAINT fk_streams_node FOREIGN KEY (node_id) REFERENCES nodes (id),
        CONSTRAINT ck_streams_desired CHECK (desired IN ('RUNNING', 'STOPPED')),
        CONSTRAINT ck_streams_status CHECK (status IN ('STOPPED', 'STARTING', 'RUNNING', 'ERROR')),
        CONSTRAINT ck_streams_stopped CHECK ((desired = 'STOPPED') = (status = 'STOPPED'))
      ) WITH (fillfactor = 85)`);
    await runner.query(
      `CREATE UNIQUE INDEX ux_streams_active_camera ON streams (camera_id) WHERE desired = 'RUNNING'`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX ux_streams_active_path ON streams (node_id, path) WHERE desired = 'RUNNING'`,
    );
    await runner.query(
      `CREATE INDEX ix_streams_work ON streams (node_id) WHERE desired = 'RUNNING' OR removal_pending`,
    );
    await runner.query(`CREATE INDEX ix_streams_camera ON streams (camera_id, id DESC)`);
    await runner.query(`CREATE INDEX ix_streams_path ON streams (node_id, path, id DESC)`);
    await runner.query(`CREATE INDEX ix_streams_labels ON streams USING gin (labels)`);
    // xid tells readers of the whole log which events may still be overtaken by older ones.
    await runner.query(`
      CREATE TABLE stream_events (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        stream_id uuid NOT NULL,
        version integer NOT NULL,
        generation integer NOT NULL,
        type text NOT NULL,
        from_status text,
        to_status text NOT NULL,
        reason text,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        data jsonb NOT NULL,
        CONSTRAINT pk_stream_events PRIMARY KEY (seq),
        CONSTRAINT fk_stream_events_stream FOREIGN KEY (stream_id) REFERENCES streams (id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX ux_stream_events_version ON stream_events (stream_id, version)`,
    );
    await runner.query(`CREATE INDEX ix_stream_events_at ON stream_events (at)`);
    await runner.query(`
      CREATE TABLE node_leases (
        node_id text NOT NULL,
        owner text NOT NULL,
        epoch bigint NOT NULL,
        expires_at timestamptz NOT NULL,
        last_look_ok_at timestamptz,
        conditions jsonb NOT NULL,
        CONSTRAINT pk_node_leases PRIMARY KEY (node_id)
      )`);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('migrations go forward only; restore a backup instead'));
  }
}
