import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { ReadNodes } from '../application/read-nodes.js';
import { ApiProblems } from './api-responses.js';
import { presentNode } from './node.presenter.js';
import { type NodeListBody, nodeListSchema } from './node.schema.js';

@ApiTags('nodes')
@Controller('api/nodes')
export class NodesController {
  constructor(private readonly nodes: ReadNodes) {}

  @Get()
  @ApiOperation({
    operationId: 'listNodes',
    summary: 'How the nodes are, and how full',
    description:
      'All that are configured, by id; and any other as long as it has active streams, which nobody looks at then.',
  })
  @ApiResponse({ status: 200, description: 'All of them.', standardSchema: nodeListSchema })
  @ApiProblems()
  async list(): Promise<NodeListBody> {
    const nodes = await this.nodes.list();
    return { items: nodes.map(presentNode) };
  }
}
