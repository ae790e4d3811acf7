import { Injectable, type OnModuleInit } from '@nestjs/common';

import { NodeDirectory } from '../domain/ports/node-directory.js';
import { ConfiguredNodes } from './configured-nodes.js';

/** Writes the configured nodes down at start, so that streams can refer to them. */
@Injectable()
export class RegisterNodes implements OnModuleInit {
  constructor(
    private readonly directory: NodeDirectory,
    private readonly configured: ConfiguredNodes,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const description of this.configured.descriptions) {
      await this.directory.upsert(description);
    }
  }
}
