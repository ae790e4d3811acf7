import { z } from 'zod';

import { sourceSchema } from './stream.schema.js';
import { CHECK_EXAMPLE, CHECKED_EXAMPLE } from './stream.examples.js';

export const checkSourceSchema = z
  .strictObject({ source: sourceSchema })
  .meta({ id: 'CheckSource', examples: [CHECK_EXAMPLE] });

const trackSchema = z
  .object({
    kind: z.enum(['video', 'audio', 'other']),
    codec: z.string().meta({ description: 'As MediaMTX spells it.', examples: ['H264'] }),
    hasBFrames: z.boolean().meta({
      description: 'As far as the description of the track tells; WebRTC cannot show them.',
    }),
  })
  .meta({ id: 'SourceTrack' });

export const checkedSourceSchema = z
  .object({
    source: z.string().meta({ description: 'The source, with user information and query masked.' }),
    reachable: z.boolean().nullable().meta({
      description:
        'Whether it would deliver, as far as it tells; null where its scheme answers nobody but who pulls (srt).',
    }),
    reason: z
      .string()
      .nullable()
      .meta({
        description: 'Why it is not reachable; an open set.',
        examples: ['SOURCE_AUTH_FAILED'],
      }),
    message: z
      .string()
      .nullable()
      .meta({ description: 'What happened and what to do, in words; null when all is well.' }),
    tracks: z.array(trackSchema).nullable().meta({
      description: 'What it offers; null where only pulling it would tell.',
    }),
    advice: z.array(z.string()).meta({
      description: 'What viewers in a browser would meet.',
      examples: [['H265: needs a transcode for most browsers.']],
    }),
  })
  .meta({ id: 'CheckedSource', examples: [CHECKED_EXAMPLE] });

export type CheckSourceBody = z.output<typeof checkSourceSchema>;
export type CheckedSourceBody = z.output<typeof checkedSourceSchema>;
