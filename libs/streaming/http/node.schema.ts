import { z } from 'zod';

import { NODE_EXAMPLE } from './node.examples.js';

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });

const nodeSchema = z
  .object({
    id: z.string(),
    health: z.enum(['HEALTHY', 'DEGRADED', 'UNKNOWN']).meta({
      description:
        'UNKNOWN: not looked at lately, so that nobody knows how its streams are. DEGRADED: see `problems`.',
    }),
    problems: z
      .array(z.string())
      .meta({ description: 'What is wrong, in words; as /health says it.' }),
    warnings: z.array(z.string()).meta({ description: 'What works, and still should be changed.' }),
    version: z.string().nullable().meta({ description: 'Of MediaMTX, when it has said it.' }),
    paths: z.int().min(0).meta({
      description: 'How many are placed there: active, or still to be removed.',
    }),
    capacity: z.int().min(0).nullable().meta({
      description: 'How many may be placed there; null: without a limit.',
    }),
    lastLookAt: instant.nullable().meta({ description: 'When it last answered a look.' }),
    lease: z
      .object({
        owner: z.string().meta({ description: 'The instance that looks after it.' }),
        epoch: z.string().meta({ description: 'Counts the owners; a decimal number.' }),
        expiresAt: instant,
      })
      .nullable()
      .meta({ description: 'Null when no instance looks after it.' }),
    isPoisoned: z.boolean().meta({ description: 'It refuses every write; see `problems`.' }),
    playback: z
      .object({ hls: z.string(), webrtc: z.string(), rtsp: z.string() })
      .meta({ description: 'Where viewers reach it: the bases of the URLs of its streams.' }),
    hasAgent: z.boolean().meta({ description: 'An agent runs beside it.' }),
  })
  .meta({ id: 'Node', examples: [NODE_EXAMPLE] });

export const nodeListSchema = z.object({ items: z.array(nodeSchema) }).meta({ id: 'NodeList' });

export type NodeBody = z.output<typeof nodeSchema>;
export type NodeListBody = z.output<typeof nodeListSchema>;
