/** The OpenAPI document, made from the same schemas that check requests and shape answers. */
import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

import { problemSchema } from '#platform/http/problem.js';

export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Vigia')
    .setDescription(
      'The durable control plane for MediaMTX. Errors are application/problem+json (RFC 9457); decide on `code`, not on texts.',
    )
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  const problem = z.toJSONSchema(problemSchema, { io: 'output' });
  delete problem.$schema;
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, Problem: problem as never },
    },
  };
}

export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), { jsonDocumentUrl: 'docs-json' });
}
