import { Injectable, type OnModuleInit } from '@nestjs/common';

import { type NodeDescription, NodeDirectory } from '../domain/ports/node-directory.js';

/** The node that this process is configured with. */
export abstract class ConfiguredNode {
  abstract readonly description: NodeDescription;
}

/** Writes the configured node down at start, so that streams can refer to it. */
@Injectable()
export class RegisterNode implements OnModuleInit {
  constructor(
    private readonly directory: NodeDirectory,
    private readonly node: ConfiguredNode,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.directory.upsert(this.node.description);
  }
}
