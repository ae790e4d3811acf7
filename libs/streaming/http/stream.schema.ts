/** The one source of what the API takes and gives: type, check and OpenAPI component in one. */
import { z } from 'zod';

import { CAMERA_ID_PATTERN, RESERVED_CAMERA_IDS } from '../domain/camera-path.js';
import { MAX_SOURCE_LENGTH, parseSourceUrl } from '../domain/source-url.js';
import { STREAM_HEALTHS, STREAM_STATUSES, TRANSPORTS } from '../domain/stream-status.js';

const LABEL_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const MAX_LABELS = 32;

const cameraId = z
  .string()
  .regex(
    CAMERA_ID_PATTERN,
    'must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit',
  )
  .refine((id) => !RESERVED_CAMERA_IDS.has(id), 'must not be whep, whip or publish')
  .meta({ description: "The caller's own identifier of the camera.", examples: ['gate-3'] });

const source = z
  .string()
  .max(MAX_SOURCE_LENGTH)
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

const labels = z
  .record(
    z.string().regex(LABEL_KEY, 'must be 1 to 63 letters, digits, . _ / or -'),
    z
      .string()
      .max(256)
      .refine(
        (value) => value.isWellFormed() && !/\p{Cc}/u.test(value),
        'must hold no control characters',
      ),
  )
  .refine((all) => Object.keys(all).length <= MAX_LABELS, `must be at most ${MAX_LABELS} labels`)
  .meta({ description: "The caller's own words about the stream.", examples: [{ site: 'north' }] });

export const startSchema = z
  .strictObject({
    cameraId,
    source,
    onDemand: z.boolean().default(false).meta({
      description: 'Pull the camera only while somebody watches.',
    }),
    transport: z.enum(TRANSPORTS).default('tcp').meta({
      description: 'How an RTSP source is pulled; other schemes ignore it.',
    }),
    labels: labels.default({}),
  })
  .meta({ id: 'StartStream' });

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });

const errorSchema = z
  .object({
    code: z.string().meta({ description: 'Stable; an open set.', examples: ['SOURCE_NO_MEDIA'] }),
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
    transport: z.enum(TRANSPORTS),
    labels: z.record(z.string(), z.string()),
    desired: z.enum(['RUNNING', 'STOPPED']).meta({ description: 'What was asked for.' }),
    status: z.enum(STREAM_STATUSES).meta({ description: 'What is true. Closed for ever.' }),
    reason: z
      .string()
      .nullable()
      .meta({
        description: 'More about the status. An open set: accept values you do not know.',
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
    reconnects: z.int().meta({ description: 'How often media came back after it was lost.' }),
    generation: z.int().meta({ description: 'Counts what was asked for; the ETag.' }),
    createdAt: instant,
    startedAt: instant.nullable().meta({ description: 'When it first ran.' }),
    stoppedAt: instant.nullable(),
    updatedAt: instant,
    observedAt: instant.nullable().meta({
      description: 'When its node was last looked at successfully.',
    }),
  })
  .meta({ id: 'Stream' });

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
    fromStatus: z.enum(STREAM_STATUSES).nullable().meta({ description: 'Null for the first one.' }),
    toStatus: z.enum(STREAM_STATUSES),
    reason: z.string().nullable(),
    generation: z.int(),
    version: z.int().meta({ description: 'Orders the events of one stream.' }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StreamEvent' });

export const streamEventListSchema = z
  .object({ items: z.array(streamEventSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'StreamEventList' });

const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 500')
  .transform(Number)
  .pipe(z.number().min(1).max(500))
  .default(50);
const cursor = z.string().max(512).optional();

export const pageQuerySchema = z.strictObject({ limit, cursor });

export const streamsQuerySchema = z.strictObject({
  status: z.enum(STREAM_STATUSES).optional(),
  cameraId: cameraId.optional(),
  label: z
    .union([z.string(), z.array(z.string()).max(MAX_LABELS)])
    .transform((given) => [given].flat())
    .pipe(
      z.array(
        z
          .string()
          .max(320)
          .regex(/^[^=]+=/, 'must be key=value')
          .refine(
            (value) => value.isWellFormed() && !value.includes('\0'),
            'must be well-formed text',
          ),
      ),
    )
    .optional(),
  limit,
  cursor,
});

export const streamIdSchema = z.uuid('must be a UUID');

export type StartBody = z.output<typeof startSchema>;
export type StreamBody = z.output<typeof streamSchema>;
export type StreamEventBody = z.output<typeof streamEventSchema>;
export type StreamsQuery = z.output<typeof streamsQuerySchema>;
export type PageQuery = z.output<typeof pageQuerySchema>;
