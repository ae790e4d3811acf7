/**
 * The OpenAPI document, made from the same schemas that check requests and shape answers. It is
 * written for whoever generates a client from it: named components, and no rule twice.
 */
import { type INestApplication } from '@nestjs/common';
import {
  DocumentBuilder,
  type OpenAPIObject,
  type StandardSchemaConversionResult,
  SwaggerModule,
} from '@nestjs/swagger';
import { z } from 'zod';

import { problemSchema } from '#platform/http/problem.js';
import { problemExamples } from '#streaming/http/api-responses.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const INFO = new DocumentBuilder()
  .setOpenAPIVersion('3.1.0')
  .setTitle('Vigia')
  .setDescription(
    [
      'The durable control plane for MediaMTX: it remembers which camera streams must run, keeps them running, and says truthfully how they are.',
      'Errors are `application/problem+json` (RFC 9457): decide on `code`, not on texts. A request that is not even HTTP, or does not arrive in time, is answered with 400, 408 or 431, in the same shape.',
      'Answers may gain fields; ignore those you do not know. Requests with unknown fields are refused.',
    ].join('\n\n'),
  )
  .setVersion('1')
  .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
  .addServer('/', 'Where this document comes from')
  .addTag('streams', 'What is streamed, and how it is')
  .addTag('sources', 'What a camera says when it is asked')
  .addTag('nodes', 'The MediaMTX that serve the streams')
  .addTag('health', 'For people, load balancers and orchestrators')
  .build();

export function createDocument(app: INestApplication): OpenAPIObject {
  const { paths, components, ...rest } = SwaggerModule.createDocument(app, INFO, {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: (schema, { schemaType }) => toJsonSchema(schema, schemaType),
  });
  const problem = toJsonSchema(problemSchema, 'output')?.components;
  const schemas = sorted({ ...components?.schemas, ...problem });
  return {
    ...rest,
    // No operation needs a credential yet, which is worth saying.
    security: [],
    paths,
    components: { ...components, schemas, examples: problemExamples() },
  };
}

export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'Vigia',
  });
}

function toJsonSchema(
  schema: unknown,
  io: 'input' | 'output',
): StandardSchemaConversionResult | undefined {
  if (!(schema instanceof z.core.$ZodType)) {
    return undefined;
  }
  const json = z.toJSONSchema(schema, {
    io,
    // Its `nullable` becomes `type: [X, "null"]`, which generators like better than `anyOf`.
    target: 'openapi-3.0',
    override: ({ jsonSchema }) => {
      withoutNoise(jsonSchema as JsonSchema);
      if (io === 'output') {
        openForGrowth(jsonSchema as JsonSchema);
      }
    },
  });
  const text = JSON.stringify(json).replaceAll('"#/definitions/', '"#/components/schemas/');
  const { definitions: components = {}, ...rest } = JSON.parse(text) as JsonSchema;
  Object.values(components).forEach(withDefaultsInWords);
  return { schema: rest, components };
}

/** What of a schema is made more pleasant here. */
interface JsonSchema {
  format?: string;
  pattern?: string;
  maximum?: number;
  additionalProperties?: unknown;
  default?: unknown;
  description?: string;
  properties?: Record<string, JsonSchema>;
  definitions?: Record<string, JsonSchema>;
}

function withoutNoise(json: JsonSchema): void {
  if (json.format !== undefined) {
    // The same once more, as an expression of several lines.
    delete json.pattern;
  }
  if (json.maximum === Number.MAX_SAFE_INTEGER) {
    delete json.maximum;
  }
}

/** Answers may gain fields: a client that closes its types would break on a new one. */
function openForGrowth(json: JsonSchema): void {
  if (json.additionalProperties === false) {
    delete json.additionalProperties;
  }
}

/**
 * openapi-typescript takes a field with a default for one that is always there, in requests too, and
 * so would make callers write what they need not.
 */
function withDefaultsInWords({ properties = {} }: JsonSchema): void {
  for (const field of Object.values(properties)) {
    if (field.default !== undefined) {
      const words = `Default: ${JSON.stringify(field.default)}.`;
      field.description = [field.description, words].filter(Boolean).join(' ');
      delete field.default;
    }
  }
}

function sorted(schemas: Schemas): Schemas {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b)));
}
