import { DECODERS } from './decode-fields.js';
import { jsonType, parseGoJson, wrongType } from './go-json.js';
import { type PathBody } from './path-body.js';
import { PATH_FIELDS } from './path-fields.js';
import { invalid } from './refusal.js';

const KNOWN: ReadonlySet<string> = new Set(PATH_FIELDS.map((field) => field.name));

/** Strict: unknown or differently cased keys and wrong types are refused; null means "not given". */
export function decodePath(text: string): PathBody {
  return decodePathValue(parseGoJson(text));
}

export function decodePathValue(value: unknown): PathBody {
  const given = knownFields(value);
  const body: PathBody = {};
  for (const field of PATH_FIELDS) {
    const raw = given[field.name] ?? null;
    if (raw !== null) body[field.name] = DECODERS[field.kind](raw, field.name);
  }
  return body;
}

function knownFields(value: unknown): PathBody {
  if (value === null) return {};
  if (jsonType(value) !== 'object') throw wrongType(value, 'map[string]json.RawMessage');
  const unknown = Object.keys(value as PathBody).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw invalid(`json: unknown field ${JSON.stringify(unknown)}`);
  return value as PathBody;
}
