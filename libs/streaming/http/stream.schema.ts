/** The one source of what the API takes and gives: type, check and OpenAPI component in one. */
import { z } from 'zod';

import { CAMERA_ID_PATTERN, RESERVED_CAMERA_IDS } from '../domain/camera-path.js';
import { MAX_LABELS } from '../domain/labels.js';
import { MAX_SOURCE_LENGTH, parseSourceUrl } from '../domain/source-url.js';
import { CONNECTION_QUALITIES } from '../domain/connection-quality.js';
import { STREAM_HEALTHS, STREAM_STATUSES, TRANSPORTS } from '../domain/stream-status.js';
import { KNOWN_REASONS } from './reason-words.js';
import {
  EVENT_EXAMPLE,
  START_EXAMPLE,
  STREAM_DETAILS_EXAMPLE,
  STREAM_EXAMPLE,
} from './stream.examples.js';

export const LABEL_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const MAX_LABEL_VALUE_LENGTH = 256;

const cameraId = z
  .string()
  .regex(
    CAMERA_ID_PATTERN,
    'must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit',
  )
  .refine((id) => !RESERVED_CAMERA_IDS.has(id), 'must not be whep, whip or publish')
  .meta({ description: "The caller's own identifier of the camera.", examples: ['gate-3'] });

export const sourceSchema = z
  .string()
  .max(MAX_SOURCE_LENGTH, {
    error: `must be at most ${MAX_SOURCE_LENGTH} characters long`,
    abort: true,
  })
  .superRefine((raw, context) => {
    const parsed = parseSourceUrl(raw);
    if (!parsed.ok) {
      context.addIssue({ code: 'custom', message: parsed.problem });
    }
  })
  .meta({
    description:
      'The URL that MediaMTX pulls: rtsp, rtsps, rtmp, rtmps, srt, http(s) for HLS, whep(s). User information and query are kept apart and never shown again.',
    examples: ['rtsp://user:password@192.168.1.20:554/stream1'],
  });

export const labelKeySchema = z
  .string()
  .regex(LABEL_KEY, 'must be 1 to 63 letters, digits, . _ / or -');

export const labelValueSchema = z
  .string()
  .max(MAX_LABEL_VALUE_LENGTH, `must be at most ${MAX_LABEL_VALUE_LENGTH} characters long`)
  .refine(
    (value) => value.isWellFormed() && !/\p{Cc}/u.test(value),
    'must be well-formed text without control characters',
  );

const labels = z
  .record(labelKeySchema, labelValueSchema)
  .refine((all) => Object.keys(all).length <= MAX_LABELS, `must be at most ${MAX_LABELS} labels`)
  .meta({
    description: "The caller's own words about the stream.",
    propertyNames: { pattern: LABEL_KEY.source },
    maxProperties: MAX_LABELS,
    examples: [{ site: 'north' }],
  });

const statusSchema = z
  .enum(STREAM_STATUSES)
  .meta({ id: 'StreamStatus', description: 'What is true. Closed for ever.' });

export const transportSchema = z.enum(TRANSPORTS).meta({
  id: 'Transport',
  description: 'How an RTSP source is pulled; other schemes ignore it.',
});

export const startSchema = z
  .strictObject({
    cameraId,
    source: sourceSchema,
    onDemand: z.boolean().default(false).meta({
      description: 'Pull the camera only while somebody watches.',
    }),
    transport: transportSchema.default('tcp'),
    labels: labels.default({}),
  })
  .meta({ id: 'StartStream', examples: [START_EXAMPLE] });

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });

const errorSchema = z
  .object({
    code: z
      .string()
      .meta({ description: 'Stable; an open set, as `reason`.', examples: ['SOURCE_AUTH_FAILED'] }),
    message: z.string().meta({ description: 'What happened and what to do.' }),
    at: instant,
  })
  .meta({ id: 'StreamError' });

export const streamSchema = z
  .object({
    id: z.uuid(),
    cameraId: z.string(),
    source: z.string().meta({
      description: 'The source, with user information and query masked.',
      examples: ['rtsp://***:***@192.168.1.20:554/stream1'],
    }),
    onDemand: z.boolean(),
    transport: transportSchema,
    labels: z.record(z.string(), z.string()),
    desired: z.enum(['RUNNING', 'STOPPED']).meta({ description: 'What was asked for.' }),
    status: statusSchema,
    reason: z
      .string()
      .nullable()
      .meta({
        description: `More about the status. An open set: accept values you do not know. Known today:\n\n${KNOWN_REASONS}`,
        examples: ['RECONNECTING'],
      }),
    health: z.enum(STREAM_HEALTHS).meta({
      description:
        'How far the status can be believed now: UNKNOWN when the node was not looked at for 15 s.',
    }),
    error: errorSchema.nullable().meta({ description: 'Why it is an ERROR; null otherwise.' }),
    lastError: errorSchema
      .nullable()
      .meta({ description: 'The newest error, also after it is over.' }),
    removalPending: z.boolean().meta({
      description: 'Stopped, and not yet seen to be gone from the node.',
    }),
    path: z.string().meta({ description: 'The name under which MediaMTX serves it.' }),
    nodeId: z.string(),
    playback: z
      .object({ hls: z.string(), webrtc: z.string(), whep: z.string(), rtsp: z.string() })
      .meta({
        id: 'Playback',
        description: '`webrtc` is a page with a player, `whep` its endpoint.',
      }),
    reconnects: z
      .int()
      .min(0)
      .meta({ description: 'How often media came back after it was lost.' }),
    generation: z.int().min(1).meta({ description: 'Counts what was asked for; the ETag.' }),
    createdAt: instant,
    startedAt: instant.nullable().meta({ description: 'When it first ran.' }),
    stoppedAt: instant.nullable(),
    updatedAt: instant,
    observedAt: instant.nullable().meta({
      description: 'When its node was last looked at successfully.',
    }),
  })
  .meta({ id: 'Stream', examples: [STREAM_EXAMPLE] });

const outageSchema = z
  .object({
    startedAt: instant,
    endedAt: instant.nullable().meta({ description: 'Null while it lasts.' }),
    durationMs: z.int().min(0).meta({ description: 'Until now, while it lasts.' }),
  })
  .meta({ id: 'Outage' });

export const streamDetailsSchema = streamSchema
  .extend({
    connectionQuality: z.enum(CONNECTION_QUALITIES).nullable().meta({
      description:
        'down: wanted and not RUNNING. unstable: RUNNING, with three outages or more in the last hour, or with more than a minute without media. good: RUNNING otherwise. Null once stopped. An outage begins when media is lost, not when somebody asks for another source or a retry.',
    }),
    reconnectsLastHour: z
      .int()
      .min(0)
      .meta({ description: 'Outages that ended in media within the last hour.' }),
    lastOutage: outageSchema.nullable(),
  })
  .meta({ id: 'StreamDetails', examples: [STREAM_DETAILS_EXAMPLE] });

export const streamListSchema = z
  .object({
    items: z.array(streamSchema),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  })
  .meta({ id: 'StreamList' });

export const streamEventSchema = z
  .object({
    seq: z.string().meta({ description: 'Identifies the event; a decimal number.' }),
    at: instant,
    type: z.string().meta({ description: 'An open set.', examples: ['stream.status_changed'] }),
    fromStatus: statusSchema.nullable().meta({ description: 'Null for the first one.' }),
    toStatus: statusSchema,
    reason: z.string().nullable(),
    generation: z.int().min(1),
    version: z.int().min(1).meta({ description: 'Orders the events of one stream.' }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StreamEvent', examples: [EVENT_EXAMPLE] });

export const streamEventListSchema = z
  .object({
    items: z.array(streamEventSchema),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  })
  .meta({ id: 'StreamEventList' });

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const LIMIT_RULE = `must be a whole number from 1 to ${MAX_LIMIT}`;

/** A query holds text only; in the document it is the number that it means. */
const limit = z
  .preprocess(
    (given) => (typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : given),
    z.int(LIMIT_RULE).min(1, LIMIT_RULE).max(MAX_LIMIT, LIMIT_RULE),
  )
  .default(DEFAULT_LIMIT)
  .meta({ description: `How many items a page has at most. Default: ${DEFAULT_LIMIT}.` });
const cursor = z.string().optional().meta({
  description: 'The `nextCursor` of the page before; opaque, and of no use to any other list.',
});

export const pageQuerySchema = z.strictObject({ limit, cursor });

const labelPair = z
  .string()
  .max(320, 'must be at most 320 characters long')
  .regex(/^[^=]+=/, 'must be key=value')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be well-formed text');

/** `?label=a=1&label=b=2`: one is text, several are a list. */
const labelFilter = z
  .preprocess(
    (given) => [given].flat(),
    z
      .array(labelPair)
      .max(MAX_LABELS, `must be at most ${MAX_LABELS} labels`)
      .refine((pairs) => hasUniqueKeys(pairs), 'must not name a key twice'),
  )
  .optional()
  .meta({ description: 'Only streams with all of these labels, each as key=value.' });

export const streamsQuerySchema = z.strictObject({
  status: statusSchema.optional().meta({ description: 'Only streams of this status.' }),
  cameraId: cameraId.optional().meta({ description: 'Only streams of this camera.' }),
  label: labelFilter,
  limit,
  cursor,
});

export const streamIdSchema = z.uuid('must be a UUID');

function hasUniqueKeys(pairs: readonly string[]): boolean {
  return new Set(pairs.map((pair) => pair.split('=', 1)[0])).size === pairs.length;
}

export type StartBody = z.output<typeof startSchema>;
export type StreamBody = z.output<typeof streamSchema>;
export type StreamDetailsBody = z.output<typeof streamDetailsSchema>;
export type StreamEventBody = z.output<typeof streamEventSchema>;
export type StreamsQuery = z.output<typeof streamsQuerySchema>;
export type PageQuery = z.output<typeof pageQuerySchema>;
