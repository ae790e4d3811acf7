import { Injectable } from '@nestjs/common';

import { type Connection, connectionOf } from '../domain/connection-quality.js';
import {
  type EventPage,
  type StreamEventRecord,
  type StreamFilter,
  type StreamPage,
  type StreamRecord,
  StreamRepository,
} from '../domain/ports/stream-repository.js';
import { StreamNotFound } from '../domain/stream.errors.js';

/** What callers may read: rows as they are, nothing computed from a node at the moment of asking. */
@Injectable()
export class ReadStreams {
  constructor(private readonly streams: StreamRepository) {}

  /** Also how well its connection holds. @throws StreamNotFound */
  async details(id: string): Promise<{ stream: StreamRecord; connection: Connection }> {
    const found = await this.streams.findDetails(id);
    if (found === null) {
      throw new StreamNotFound(id);
    }
    const { stream, changes } = found;
    return { stream, connection: connectionOf(stream.status, changes) };
  }

  list(filter: StreamFilter, page: StreamPage): Promise<StreamRecord[]> {
    return this.streams.list(filter, page);
  }

  /** @throws StreamNotFound */
  async events(id: string, page: EventPage): Promise<StreamEventRecord[]> {
    const events = await this.streams.events(id, page);
    if (events === null) {
      throw new StreamNotFound(id);
    }
    return events;
  }
}
