import { Injectable } from '@nestjs/common';

import { AppError } from '#kernel/app-error.js';
import { Database } from '#platform/database/database.js';

import { type PathSpec } from '../../domain/ports/media-mtx-client.js';
import { type Fence } from '../../domain/ports/node-leases.js';
import { type ExpectedGenerations, type StreamPatch } from '../../domain/ports/stream-changes.js';
import {
  type AppliedSpec,
  type EventPage,
  type NewStream,
  type PatchOutcome,
  type PathIntent,
  type PreviewOutcome,
  type RetryOutcome,
  type SavedChange,
  type StartOutcome,
  type StreamDetails,
  type StopOutcome,
  type StreamEventRecord,
  type StreamFilter,
  type StreamPage,
  type StreamRecord,
  StreamRepository,
  type WantedSpec,
} from '../../domain/ports/stream-repository.js';
import { type StreamChange, type StreamState, isWanted } from '../../domain/stream.js';
import { type Desired, type Transport } from '../../domain/stream-status.js';
import { type ChangeRead } from './active-stream.js';
import {
  SAVE_OBSERVED_SQL,
  type SavedRead,
  saveObservedParameters,
  toSavedChange,
} from './observed-changes.js';
import { HAS_ROOM_SQL, onlyPlace, placeParameters } from './placement.js';
import { decodeSecret } from './source-secret.js';
import { type StreamEventRead, toEventRecord } from './stream-event.row.js';
import {
  RETRY_SQL,
  type RetryRead,
  STOP_SQL,
  startStatement,
  toRetryOutcome,
  toStopOutcome,
} from './stream-intents.js';
import {
  PATCH_SQL,
  PREVIEW_SQL,
  type PatchRead,
  type PreviewRead,
  patchParameters,
  toPatchOutcome,
  toPreviewOutcome,
} from './stream-patch.js';
import {
  ACTIVE_ID_SQL,
  APPLIED_SPECS_SQL,
  DETAILS_SQL,
  type DetailsRead,
  EVENTS_SQL,
  EXISTS_SQL,
  FIND_SQL,
  INTENT_AGES_SQL,
  INTENT_SQL,
  NEWEST_DESIRED_SQL,
  WANTED_SPECS_SQL,
  WORKING_SET_SQL,
  listQuery,
  toDetails,
} from './stream-queries.js';
import { type StreamRead, toRecord } from './stream.row.js';

/**
 * A busy camera may be freed between the insert and the look at who holds it. Too low: many callers
 * that start and stop one camera see a 503. Too high: they keep the database busy among themselves.
 */
const START_ATTEMPTS = 10;

/** Raw rows throughout: the entity mapper halves the throughput of a read. */
@Injectable()
export class TypeOrmStreamRepository extends StreamRepository {
  constructor(private readonly db: Database) {
    super();
  }

  override async start(stream: NewStream): Promise<StartOutcome> {
    const { sql, parameters } = startStatement(stream);
    for (let attempt = 1; ; attempt += 1) {
      const [started] = await this.db.query<StreamRead>(sql, parameters);
      if (started !== undefined) {
        return { kind: 'started', stream: toRecord(started) };
      }
      const [active] = await this.db.query<{ id: string }>(ACTIVE_ID_SQL, [stream.cameraId]);
      if (active !== undefined) {
        return { kind: 'busy', activeStreamId: active.id };
      }
      if (!(await this.hasRoom(stream))) {
        return { kind: 'no_room' };
      }
      if (attempt === START_ATTEMPTS) {
        throw new AppError(
          'unavailable',
          'stream.camera_contended',
          `Camera ${stream.cameraId} is being started and stopped too fast to decide; try again.`,
        );
      }
    }
  }

  private async hasRoom({ cameraId, places }: NewStream): Promise<boolean> {
    if (onlyPlace(places) !== null) {
      return true;
    }
    const parameters = [cameraId, ...placeParameters(places)];
    return (await this.db.query(HAS_ROOM_SQL, parameters)).length > 0;
  }

  override async findById(id: string): Promise<StreamRecord | null> {
    const [row] = await this.db.query<StreamRead>(FIND_SQL, [id]);
    return row === undefined ? null : toRecord(row);
  }

  override async findDetails(id: string): Promise<StreamDetails | null> {
    const [row] = await this.db.query<DetailsRead>(DETAILS_SQL, [id]);
    return row === undefined ? null : toDetails(row);
  }

  override async list(filter: StreamFilter, page: StreamPage): Promise<StreamRecord[]> {
    const { sql, parameters } = listQuery(filter, page);
    const rows = await this.db.query<StreamRead>(sql, parameters);
    return rows.map(toRecord);
  }

  override async events(streamId: string, page: EventPage): Promise<StreamEventRecord[] | null> {
    const rows = await this.db.query<StreamEventRead>(EVENTS_SQL, [
      streamId,
      page.beforeVersion,
      page.limit,
    ]);
    if (rows.length === 0 && (await this.db.query<object>(EXISTS_SQL, [streamId])).length === 0) {
      return null;
    }
    return rows.map(toEventRecord);
  }

  override async stop(id: string, expected: ExpectedGenerations = null): Promise<StopOutcome> {
    const [row] = await this.db.query<ChangeRead>(STOP_SQL, [id, expected]);
    return toStopOutcome(row);
  }

  override async patch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PatchOutcome> {
    const parameters = patchParameters(id, change, expected);
    const [row] = await this.db.query<PatchRead>(PATCH_SQL, parameters);
    return toPatchOutcome(row);
  }

  override async previewPatch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PreviewOutcome> {
    const parameters = patchParameters(id, change, expected);
    const [row] = await this.db.query<PreviewRead>(PREVIEW_SQL, parameters);
    return toPreviewOutcome(row);
  }

  override async retry(id: string, expected: ExpectedGenerations): Promise<RetryOutcome> {
    const [row] = await this.db.query<RetryRead>(RETRY_SQL, [id, expected]);
    return toRetryOutcome(row);
  }

  override async intentFor(nodeId: string, path: string): Promise<PathIntent | null> {
    const [row] = await this.db.query<IntentRead>(INTENT_SQL, [nodeId, path]);
    if (row === undefined) {
      return null;
    }
    const { source_url, source_secret, transport, ...state } = row;
    const spec = { source_url, source_secret, transport, on_demand: state.onDemand };
    return { state, spec: isWanted(state) ? toSpec(spec) : null };
  }

  override workingSet(nodeId: string, lookAgeMs: number): Promise<StreamState[]> {
    return this.db.query<StreamState>(WORKING_SET_SQL, [nodeId, lookAgeMs]);
  }

  override async appliedSpecs(nodeId: string): Promise<AppliedSpec[]> {
    const rows = await this.db.query<WantedSpecRead>(APPLIED_SPECS_SQL, [nodeId]);
    return rows.map((row) => ({
      streamId: row.id,
      cameraId: row.camera_id,
      path: row.path,
      spec: toSpec(row),
    }));
  }

  override async wantedSpecs(nodeId: string): Promise<WantedSpec[]> {
    const rows = await this.db.query<WantedSpecRead>(WANTED_SPECS_SQL, [nodeId]);
    return rows.map((row) => {
      const { id, path, generation } = row;
      return { id, path, generation, spec: toSpec(row) };
    });
  }

  override async intentAges(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.db.query<{ id: string; age_ms: number }>(INTENT_AGES_SQL, [ids]);
    return new Map(rows.map(({ id, age_ms: ageMs }) => [id, ageMs]));
  }

  override async newestDesired(
    nodeId: string,
    paths: readonly string[],
  ): Promise<Map<string, Desired>> {
    const rows = await this.db.query<{ path: string; desired: Desired }>(NEWEST_DESIRED_SQL, [
      nodeId,
      paths,
    ]);
    return new Map(rows.map(({ path, desired }) => [path, desired]));
  }

  override async saveObserved(
    changes: readonly StreamChange[],
    fence: Fence | null,
  ): Promise<Map<string, SavedChange>> {
    const rows = await this.db.query<SavedRead>(
      SAVE_OBSERVED_SQL,
      saveObservedParameters(changes, fence),
    );
    return new Map(rows.map((row) => [row.id, toSavedChange(row)]));
  }
}

interface SpecRead {
  source_url: string;
  source_secret: Buffer | null;
  transport: Transport;
  on_demand: boolean;
}

type WantedSpecRead = SpecRead & {
  id: string;
  camera_id: string;
  path: string;
  generation: number;
};
type IntentRead = StreamState & Omit<SpecRead, 'on_demand'>;

function toSpec(row: SpecRead): PathSpec {
  return {
    source: { url: row.source_url, secret: decodeSecret(row.source_secret) },
    onDemand: row.on_demand,
    transport: row.transport,
  };
}
