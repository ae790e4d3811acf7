import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';

import { withAnySignal } from '#platform/any-signal.js';
import { Drain } from '#platform/http/drain.js';
import { hangUp } from '#platform/http/hang-up.js';

import { CheckSource } from '../application/check-source.js';
import { ApiProblems } from './api-responses.js';
import { parsedSource } from './parsed-source.js';
import { presentReport } from './source.presenter.js';
import {
  type CheckSourceBody,
  type CheckedSourceBody,
  checkSourceSchema,
  checkedSourceSchema,
} from './source.schema.js';

@ApiTags('sources')
@Controller('api/sources')
export class SourcesController {
  constructor(
    private readonly checkSource: CheckSource,
    private readonly drain: Drain,
  ) {}

  @Post('check')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'checkSource',
    summary: 'Ask a source whether it would deliver, without a stream',
  })
  @ApiResponse({
    status: 200,
    description: 'What it said, or why it said nothing.',
    standardSchema: checkedSourceSchema,
  })
  @ApiProblems(400, 413, 422)
  async check(
    @Body({ schema: checkSourceSchema }) body: CheckSourceBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckedSourceBody> {
    const source = parsedSource(body.source);
    const report = await withAnySignal([this.drain.signal, hangUp(reply)], (signal) =>
      this.checkSource.execute(source, signal),
    );
    return presentReport(source, report);
  }
}
