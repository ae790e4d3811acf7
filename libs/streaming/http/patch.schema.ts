import { z } from 'zod';

import {
  LABEL_KEY,
  labelKeySchema,
  labelValueSchema,
  sourceSchema,
  transportSchema,
} from './stream.schema.js';
import { PATCH_EXAMPLE, PREVIEW_EXAMPLE } from './stream.examples.js';

/** In a merge patch null removes, and a stream without this cannot be. */
function kept<S extends z.ZodType>(schema: S): z.ZodPreprocess<S> {
  return z.preprocess((given, context) => {
    if (given === null) {
      context.addIssue({ code: 'custom', message: 'cannot be removed; leave it out to keep it' });
    }
    return given;
  }, schema);
}

export const patchSchema = z
  .strictObject({
    source: kept(sourceSchema).optional(),
    onDemand: kept(z.boolean())
      .optional()
      .meta({ description: 'Pull the camera only while somebody watches.' }),
    transport: kept(transportSchema).optional(),
    labels: z
      .record(labelKeySchema, labelValueSchema.nullable())
      .nullable()
      .optional()
      .meta({
        description:
          'Merged with the labels there are: null removes one, and null for all removes all. They change nothing at the node.',
        propertyNames: { pattern: LABEL_KEY.source },
        examples: [PATCH_EXAMPLE.labels],
      }),
    cameraId: z
      .unknown()
      .refine(
        (given) => given === undefined,
        'cannot be changed; stop this stream and start the other camera',
      )
      .optional()
      .meta({ not: {}, description: 'Cannot be changed: stop this stream, start the other one.' }),
  })
  .meta({
    id: 'PatchStream',
    description: 'A JSON Merge Patch (RFC 7396): what is left out stays.',
    // Not `examples`: zod leaves those out where anything is preprocessed.
    example: PATCH_EXAMPLE,
  });

export const patchQuerySchema = z.strictObject({
  dryRun: z
    .preprocess((given) => given === 'true' || (given === 'false' ? false : given), z.boolean())
    .default(false)
    .meta({ description: 'Only tell what it would do, and change nothing. Default: false.' }),
});

export const patchPreviewSchema = z
  .object({
    effect: z.enum(['none', 'restart']).meta({
      description: 'restart: the path is configured anew, which cuts its viewers.',
    }),
    viewers: z.int().min(0).nullable().meta({
      description: 'How many would be cut; null when the node does not say.',
    }),
    changed: z.array(z.string()).meta({
      description: 'The fields whose value differs.',
      examples: [PREVIEW_EXAMPLE.changed],
    }),
  })
  .meta({
    id: 'PatchPreview',
    description: 'What a patch would do.',
    examples: [PREVIEW_EXAMPLE],
  });

export type PatchBody = z.output<typeof patchSchema>;
export type PatchQuery = z.output<typeof patchQuerySchema>;
export type PatchPreviewBody = z.output<typeof patchPreviewSchema>;
