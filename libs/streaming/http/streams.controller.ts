import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';

import { withAnySignal } from '#platform/any-signal.js';
import { Drain } from '#platform/http/drain.js';
import { hangUp } from '#platform/http/hang-up.js';
import { type EntityTags, IfMatch } from '#platform/http/if-match.js';

import { ReadStreams } from '../application/read-streams.js';
import { StartStream } from '../application/start-stream.js';
import { StopStream } from '../application/stop-stream.js';
import { ApiProblems } from './api-responses.js';
import { decodeIdCursor, decodeVersionCursor, toPage } from './cursor.js';
import { ApiIfMatch, ETAG, etagOf, generationsOf } from './etag.js';
import { parsedSource } from './parsed-source.js';
import { MAX_WAIT_S, preferredWait } from './prefer.js';
import { presentDetails, presentEvent, presentStream } from './stream.presenter.js';
import {
  type PageQuery,
  type StartBody,
  type StreamBody,
  type StreamDetailsBody,
  type StreamEventBody,
  type StreamsQuery,
  pageQuerySchema,
  startSchema,
  streamDetailsSchema,
  streamEventListSchema,
  streamIdSchema,
  streamListSchema,
  streamSchema,
  streamsQuerySchema,
} from './stream.schema.js';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

@ApiTags('streams')
@Controller('api/streams')
export class StreamsController {
  constructor(
    private readonly startStream: StartStream,
    private readonly stopStream: StopStream,
    private readonly read: ReadStreams,
    private readonly drain: Drain,
  ) {}

  @Post('start')
  @ApiOperation({ operationId: 'startStream', summary: 'Start streaming a camera' })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: `wait=N (seconds, at most ${MAX_WAIT_S}): answer when it is RUNNING or an ERROR, or after N seconds.`,
    schema: { type: 'string', example: 'wait=10' },
  })
  @ApiResponse({
    status: 201,
    description: 'Accepted and durable; read `status` for what is true.',
    standardSchema: streamSchema,
    headers: {
      Location: { description: 'Where the stream is read.', schema: { type: 'string' } },
      ETag: ETAG,
      'Preference-Applied': {
        description: 'The waiting that was asked for, as it was understood.',
        schema: { type: 'string' },
      },
    },
  })
  @ApiProblems(400, 409, 413, 422, 'full')
  async start(
    @Body({ schema: startSchema }) body: StartBody,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamBody> {
    const waitS = preferredWait(prefer);
    const request = { ...body, source: parsedSource(body.source) };
    const waitMs = (waitS ?? 0) * 1_000;
    // Ends the waiting, and not the start.
    const stream = await withAnySignal([this.drain.signal, hangUp(reply)], (signal) =>
      this.startStream.execute(request, { waitMs, signal }),
    );
    if (waitS !== null) {
      reply.header('preference-applied', `wait=${waitS}`);
    }
    reply.header('location', `/api/streams/${stream.id}`).header('etag', etagOf(stream));
    return presentStream(stream);
  }

  @Post(':id/stop')
  @HttpCode(200)
  @ApiOperation({ operationId: 'stopStream', summary: 'Stop a stream, for good' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiIfMatch(false)
  @ApiResponse({
    status: 200,
    description: 'Stopped, now or before: idempotent.',
    standardSchema: streamSchema,
  })
  @ApiProblems(400, 404, 412, 413)
  async stop(
    @IfMatch() tags: EntityTags,
    @Param('id', { schema: streamIdSchema }) id: string,
  ): Promise<StreamBody> {
    return presentStream(await this.stopStream.execute(id, generationsOf(tags)));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getStream', summary: 'Show a stream' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({
    status: 200,
    standardSchema: streamDetailsSchema,
    description: 'The stream.',
    headers: { ETag: ETAG },
  })
  @ApiProblems(400, 404)
  async get(
    @Param('id', { schema: streamIdSchema }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamDetailsBody> {
    const { stream, connection } = await this.read.details(id);
    reply.header('etag', etagOf(stream));
    return presentDetails(stream, connection);
  }

  @Get()
  @ApiOperation({ operationId: 'listStreams', summary: 'List streams, newest first' })
  @ApiResponse({ status: 200, description: 'One page.', standardSchema: streamListSchema })
  @ApiProblems(400, 422)
  async list(
    @Query({ schema: streamsQuerySchema }) query: StreamsQuery,
  ): Promise<Page<StreamBody>> {
    const { status, cameraId, limit } = query;
    const streams = await this.read.list(
      { status, cameraId, labels: labelsOf(query.label) },
      { limit: limit + 1, beforeId: decodeIdCursor(query.cursor) },
    );
    return toPage(streams, limit, presentStream, ({ id }) => id);
  }

  @Get(':id/events')
  @ApiOperation({
    operationId: 'listStreamEvents',
    summary: 'What happened to a stream, newest first',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'One page.', standardSchema: streamEventListSchema })
  @ApiProblems(400, 404, 422)
  async events(
    @Param('id', { schema: streamIdSchema }) id: string,
    @Query({ schema: pageQuerySchema }) { limit, cursor }: PageQuery,
  ): Promise<Page<StreamEventBody>> {
    const events = await this.read.events(id, {
      limit: limit + 1,
      beforeVersion: decodeVersionCursor(cursor),
    });
    return toPage(events, limit, presentEvent, ({ version }) => version);
  }
}

function labelsOf(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  return pairs === undefined
    ? undefined
    : Object.fromEntries(
        pairs.map((pair) => {
          const equals = pair.indexOf('=');
          return [pair.slice(0, equals), pair.slice(equals + 1)];
        }),
      );
}
