/** What is asked of a stream after its start, but for its stop. */
import { Body, Controller, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';

import { type EntityTags, IfMatch, RequiresIfMatch } from '#platform/http/if-match.js';

import { PatchStream } from '../application/patch-stream.js';
import { RetryStream } from '../application/retry-stream.js';
import { type StreamPatch } from '../domain/ports/stream-changes.js';
import { type StreamRecord } from '../domain/ports/stream-repository.js';
import { ApiProblems } from './api-responses.js';
import { ApiIfMatch, ETAG, etagOf, generationsOf } from './etag.js';
import { parsedSource } from './parsed-source.js';
import {
  type PatchBody,
  type PatchPreviewBody,
  type PatchQuery,
  patchPreviewSchema,
  patchQuerySchema,
  patchSchema,
} from './patch.schema.js';
import { presentStream } from './stream.presenter.js';
import { type StreamBody, streamIdSchema, streamSchema } from './stream.schema.js';

@ApiTags('streams')
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@Controller('api/streams')
export class StreamChangesController {
  constructor(
    private readonly patchStream: PatchStream,
    private readonly retryStream: RetryStream,
  ) {}

  @Patch(':id')
  @RequiresIfMatch()
  @ApiOperation({
    operationId: 'patchStream',
    summary: 'Change what a stream pulls, how, or its labels',
    description:
      'A JSON Merge Patch. Playback URLs stay. A new source, transport or `onDemand` configures the path anew, which cuts whoever watches; labels do not. With `dryRun=true` nothing is changed.',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiIfMatch(true)
  @ApiResponse({
    status: 200,
    description: 'The stream as it is wanted now; with `dryRun=true` what would be done.',
    standardSchema: z.union([streamSchema, patchPreviewSchema]),
    headers: { ETag: ETAG },
  })
  @ApiProblems(400, 404, 'stopped', 412, 413, 422, 428)
  async patch(
    @IfMatch() tags: EntityTags,
    @Param('id', { schema: streamIdSchema }) id: string,
    @Body({ schema: patchSchema }) body: PatchBody,
    @Query({ schema: patchQuerySchema }) { dryRun }: PatchQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamBody | PatchPreviewBody> {
    const [change, expected] = [changeOf(body), generationsOf(tags)];
    if (dryRun) {
      const { effect, viewers, changed } = await this.patchStream.preview(id, change, expected);
      return { effect, viewers, changed: [...changed] };
    }
    return answered(await this.patchStream.execute(id, change, expected), reply);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryStream',
    summary: 'Begin again with a stream as it is wanted',
    description:
      'For a camera that was repaired, or let in: the source is dialled anew at once. Cuts whoever watches.',
  })
  @ApiIfMatch(false)
  @ApiResponse({
    status: 200,
    description: 'Accepted and durable; read `status` for what is true.',
    standardSchema: streamSchema,
    headers: { ETag: ETAG },
  })
  @ApiProblems(400, 404, 'stopped', 412, 413)
  async retry(
    @IfMatch() tags: EntityTags,
    @Param('id', { schema: streamIdSchema }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamBody> {
    return answered(await this.retryStream.execute(id, generationsOf(tags)), reply);
  }
}

function answered(stream: StreamRecord, reply: FastifyReply): StreamBody {
  reply.header('etag', etagOf(stream));
  return presentStream(stream);
}

function changeOf({ source, onDemand, transport, labels }: PatchBody): StreamPatch {
  return {
    source: source === undefined ? undefined : parsedSource(source),
    onDemand,
    transport,
    labels,
  };
}
