import { GLOBAL_DEFAULTS } from './global-defaults.js';
import { jsonType, parseGoJson, wrongType } from './go-json.js';
import { invalid } from './refusal.js';

const DEPRECATED: readonly string[] = [
  'readBufferCount',
  'externalAuthenticationURL',
  'authJWTInHTTPQuery',
  'protocols',
  'encryption',
  'serverKey',
  'serverCert',
  'authMethods',
  'rtspUDPReadBufferSize',
  'record',
  'recordPath',
  'recordFormat',
  'recordPartDuration',
  'recordSegmentDuration',
  'recordDeleteAfter',
];

/** Keys are checked as the server does; values only roughly, by the type of the default. */
export function decodeGlobals(text: string): Record<string, unknown> {
  const value = parseGoJson(text);
  if (value !== null && jsonType(value) !== 'object') {
    throw wrongType(value, 'map[string]json.RawMessage');
  }
  const patch: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value ?? {})) {
    if (!(key in GLOBAL_DEFAULTS) && !DEPRECATED.includes(key)) {
      throw invalid(`json: unknown field ${JSON.stringify(key)}`);
    }
    if (item !== null) patch[key] = checked(key, item);
  }
  return patch;
}

const GO_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'bool',
  number: 'int',
};

function checked(key: string, item: unknown): unknown {
  const expected = jsonType(GLOBAL_DEFAULTS[key] ?? item);
  const goType = GO_TYPES[expected];
  if (goType !== undefined && jsonType(item) !== expected) throw wrongType(item, goType);
  return item;
}
