/** How each kind of field is read from JSON, and in which form it is kept and shown. */
import { canonicalByteSize } from './byte-size.js';
import { decodeForward, decodeTracks } from './decode-lists.js';
import { asBool, asString, asWhole } from './decode-scalars.js';
import { formatGoDuration, parseGoDuration } from './go-duration.js';
import { wrongType } from './go-json.js';
import { type FieldKind } from './path-fields.js';
import { invalid } from './refusal.js';

export type Decoder = (value: unknown, path: string) => unknown;

const asFloat = (value: unknown): number => {
  if (typeof value !== 'number') throw wrongType(value, 'float64');
  return value;
};

/** A null among the elements is the zero value. */
const asList =
  <T>(element: (value: unknown) => T, zero: T, goType: string) =>
  (value: unknown): T[] => {
    if (!Array.isArray(value)) throw wrongType(value, goType);
    return value.map((item) => (item === null ? zero : element(item)));
  };

/** `goType` is `conf.alias` where the server decodes through a local type of that name. */
const asOneOf =
  (allowed: readonly string[], refusal: (value: string) => string, goType: string) =>
  (value: unknown): string => {
    const text = asString(value, goType);
    if (!allowed.includes(text)) throw invalid(refusal(text));
    return text;
  };

const PLAIN_CREDENTIAL = /^[a-zA-Z0-9!$()*+.;<=>[\]^_\-{}@#&]*$/;

const asCredential = (value: unknown): string => {
  const text = asString(value);
  const hashed = text.startsWith('sha256:') || text.startsWith('argon2:');
  if (!hashed && !PLAIN_CREDENTIAL.test(text)) {
    throw invalid(
      'credential contains unsupported characters. Supported are: ' +
        'A-Z,0-9,!,$,(,),*,+,.,;,<,=,>,[,],^,_,-,",",@,#,&',
    );
  }
  return text;
};

export const DECODERS: Readonly<Record<FieldKind, Decoder>> = {
  string: (value) => asString(value),
  bool: asBool,
  int: (value) => asWhole(value, 'int'),
  uint: (value) => asWhole(value, 'uint'),
  float: asFloat,
  duration: (value) => formatGoDuration(parseGoDuration(asString(value))),
  size: (value) => canonicalByteSize(asString(value)),
  rtspTransport: asOneOf(
    ['automatic', 'udp', 'multicast', 'tcp'],
    (text) => `invalid transport '${text}'`,
    'string',
  ),
  rtspRangeType: asOneOf(
    ['', 'clock', 'npt', 'smpte'],
    (text) => `invalid rtsp range type: '${text}'`,
    'conf.alias',
  ),
  moqTransport: asOneOf(
    ['quic', 'webtransport'],
    (text) => `invalid MoQ transport '${text}'`,
    'conf.alias',
  ),
  recordFormat: asOneOf(
    ['fmp4', 'mpegts'],
    (text) => `invalid record format '${text}'`,
    'conf.alias',
  ),
  credential: asCredential,
  strings: asList((value) => asString(value), '', '[]json.RawMessage'),
  uints: asList((value) => asWhole(value, 'uint'), 0, '[]uint'),
  floats: asList(asFloat, 0, '[]float64'),
  tracks: decodeTracks,
  forward: decodeForward,
};
