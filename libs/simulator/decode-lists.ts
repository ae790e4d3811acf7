/** The two fields of a path that hold lists of objects. */
import { asBool, asString, asWhole } from './decode-scalars.js';
import { jsonType, wrongType } from './go-json.js';
import { invalid } from './refusal.js';

type ObjectDecoders = Readonly<Record<string, (value: unknown) => unknown>>;

function decodeObject(value: unknown, fields: ObjectDecoders, path: string): object {
  if (value !== null && jsonType(value) !== 'object') {
    throw wrongType(value, 'map[string]json.RawMessage');
  }
  const given = Object.entries(value ?? {});
  const unknown = given.find(([key]) => !(key in fields));
  if (unknown !== undefined) {
    throw invalid(`json: unknown field "${path === '' ? '' : `${path}.`}${unknown[0]}"`);
  }
  return Object.fromEntries(given.map(([key, item]) => [key, fields[key]?.(item)]));
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, '[]json.RawMessage');
  return value;
}

const FORWARD: ObjectDecoders = {
  dest: (value) => asString(value),
  destFingerprint: (value) => asString(value),
  whipBearerToken: (value) => asString(value),
};

export function decodeForward(value: unknown, path: string): object[] {
  const empty = { dest: '', destFingerprint: '', whipBearerToken: '' };
  return listOf(value).map((item, index) => ({
    ...empty,
    ...decodeObject(item, FORWARD, `${path}[${index}]`),
  }));
}

interface Track {
  codec: string;
  sampleRate: number;
  channelCount: number;
  muLaw: boolean;
}

const TRACK: ObjectDecoders = {
  codec: (value) => asString(value, 'conf.AlwaysAvailableTrackCodec'),
  sampleRate: (value) => asWhole(value, 'int'),
  channelCount: (value) => asWhole(value, 'int'),
  muLaw: asBool,
};

/** Lowest sample rate by codec; codecs that carry their own rate must not be given one. */
const LOWEST_RATE: Readonly<Record<string, number>> = { MPEG4Audio: 22050, G711: 8000, LPCM: 8000 };
const WITHOUT_RATE: readonly string[] = ['AV1', 'VP9', 'H265', 'H264', 'Opus'];

export function decodeTracks(value: unknown): object[] {
  return listOf(value).map((item) => {
    const empty: Track = { codec: '', sampleRate: 0, channelCount: 0, muLaw: false };
    const track: Track = { ...empty, ...decodeObject(item, TRACK, '') };
    const fault = WITHOUT_RATE.includes(track.codec) ? surplusOf(track) : shortageOf(track);
    if (fault !== null) throw invalid(`${fault} codec '${track.codec}'`);
    return track;
  });
}

function surplusOf(track: Track): string | null {
  if (track.sampleRate !== 0) return 'sampleRate must not be specified for';
  return track.channelCount === 0 ? null : 'channelCount must not be specified for';
}

function shortageOf(track: Track): string | null {
  const lowest = LOWEST_RATE[track.codec];
  if (lowest === undefined) return 'unsupported';
  if (track.sampleRate === 0) return 'sampleRate is mandatory for';
  if (track.sampleRate < lowest) {
    return `sampleRate must be greater than or equal to ${lowest} for`;
  }
  return track.channelCount === 0 ? 'channelCount is mandatory for' : null;
}
