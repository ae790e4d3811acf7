import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';

import { Clock } from '#kernel/clock.js';

import { pathOf } from '../domain/camera-path.js';
import { type NodeDescription } from '../domain/ports/node-directory.js';
import {
  type NewStream,
  type Place,
  type StreamRecord,
  StreamRepository,
} from '../domain/ports/stream-repository.js';
import { Reason } from '../domain/reason.js';
import { CameraBusy, NoRoom, StreamNotFound } from '../domain/stream.errors.js';
import { AnnounceChange } from './announce-change.js';
import { ConfiguredNodes } from './configured-nodes.js';
import { Nodes } from './nodes.js';
import { streamLine } from './stream-line.js';
import { StreamSignals } from './stream-signals.js';

export type StartRequest = Pick<
  NewStream,
  'cameraId' | 'source' | 'onDemand' | 'transport' | 'labels'
>;

export interface Waiting {
  /** How long to hold the answer until the stream is RUNNING or an ERROR; 0: not at all. */
  readonly waitMs: number;
  /** Ends the waiting, never the start: the caller hung up, or this process is draining. */
  readonly signal: AbortSignal;
}

/** Another replica's changes are not signalled, so a waiter reads the row this often. */
const REREAD_MS = 1_000;

@Injectable()
export class StartStream {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly announce: AnnounceChange,
    private readonly signals: StreamSignals,
    private readonly configured: ConfiguredNodes,
    private readonly clock: Clock,
  ) {}

  /** The row is committed before MediaMTX is asked. @throws CameraBusy, NoRoom */
  async execute(request: StartRequest, { waitMs, signal }: Waiting): Promise<StreamRecord> {
    const outcome = await this.streams.start({
      ...request,
      id: uuidv7(),
      places: this.configured.descriptions.map(toPlace),
      path: pathOf(this.configured.pathPrefix, request.cameraId),
    });
    if (outcome.kind === 'busy') {
      throw new CameraBusy(request.cameraId, outcome.activeStreamId);
    }
    if (outcome.kind === 'no_room') {
      throw new NoRoom();
    }
    const { id: streamId, cameraId, nodeId, status: to, reason } = outcome.stream;
    this.announce.asked({ streamId, cameraId, nodeId, from: null, to, reason });
    void this.nodes.of(nodeId)?.reconcile.execute(outcome.stream);
    return waitMs === 0 ? outcome.stream : this.settled(outcome.stream, { waitMs, signal });
  }

  /** Whatever happens while it waits, the start itself is done: its answer must not be lost. */
  private async settled(started: StreamRecord, { waitMs, signal }: Waiting): Promise<StreamRecord> {
    const { id } = started;
    const endMs = this.clock.monotonicMs() + waitMs;
    let stream = started;
    for (;;) {
      stream = await this.reread(stream);
      const leftMs = endMs - this.clock.monotonicMs();
      if (isSettled(stream) || leftMs <= 0 || signal.aborted) {
        return stream;
      }
      await this.signals.wait(id, Math.min(leftMs, REREAD_MS), signal);
    }
  }

  /** As last known while the database does not answer; the next reading may be answered. */
  private async reread(known: StreamRecord): Promise<StreamRecord> {
    const { id } = known;
    const stream = await this.streams.findById(id).catch((err: unknown) => {
      const line = streamLine(known.nodeId, known);
      this.logger.debug({ ...line, err }, 'not read while a caller waits');
      return known;
    });
    if (stream === null) {
      throw new StreamNotFound(id);
    }
    return stream;
  }
}

function toPlace({ id, maxPaths }: NodeDescription): Place {
  return { nodeId: id, capacity: maxPaths };
}

/** A node that is known to be down may stay so for hours: the caller is told, not kept waiting. */
function isSettled({ status, reason }: StreamRecord): boolean {
  return status !== 'STARTING' || reason === Reason.nodeUnreachable;
}
