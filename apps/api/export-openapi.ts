/** Writes the OpenAPI document to the file that is named. Needs neither a database nor a node. */
import { NestFactory } from '@nestjs/core';
import { writeFile } from 'node:fs/promises';

import { loadApiConfig } from '#platform/config/api-config.js';
import { createFastifyAdapter } from '#platform/http/fastify-adapter.js';

import { AppModule } from './app.module.js';
import { createDocument } from './openapi.js';

const [, , file] = process.argv;
if (file === undefined) {
  throw new Error('usage: export-openapi <file>');
}

const { config } = loadApiConfig({ DATABASE_URL: 'postgres://never-connected' });
// In preview nothing is instantiated, and so nothing is connected.
const app = await NestFactory.create(AppModule.create(config), createFastifyAdapter(), {
  preview: true,
  logger: false,
});
await writeFile(file, `${JSON.stringify(createDocument(app), null, 2)}\n`);
