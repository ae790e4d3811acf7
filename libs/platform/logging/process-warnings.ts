/**
 * Warnings of Node itself (deprecations, leaks). Printed its own way they would stand between lines
 * that a machine reads.
 */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

@Injectable()
export class ProcessWarnings implements OnModuleInit {
  private readonly logger = new Logger('Process');

  onModuleInit(): void {
    process.removeAllListeners('warning');
    process.on('warning', (err) => {
      this.logger.warn({ err }, 'Node.js warns');
    });
  }
}
