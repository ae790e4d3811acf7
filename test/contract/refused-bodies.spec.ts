import { expect } from '@jest/globals';
import { DEAD } from '#test/support/mediamtx/looks.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const UNREADABLE: readonly (readonly [what: string, body: string, error: string])[] = [
  ['an unknown field', '{"test":1}', 'json: unknown field "test"'],
  ['a field in the wrong case', '{"Source":"x"}', 'json: unknown field "Source"'],
  ['an unknown field of a list', '{"forward":[{"x":1}]}', 'json: unknown field "forward[0].x"'],
  ['nothing at all', '', 'unexpected end of JSON input'],
  ['half a JSON', '{', 'unexpected end of JSON input'],
  ['words', 'abc', "invalid character 'a' looking for beginning of value"],
  ['bare keys', '{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['more than one value', '{} x', "invalid character 'x' after top-level value"],
];

/** The name of a type of the server, as its refusals show it. */
const TYPES: readonly (readonly [body: string, given: string, wanted: string])[] = [
  ['[]', 'array', 'map[string]json.RawMessage'],
  ['"text"', 'string', 'map[string]json.RawMessage'],
  ['{"sourceOnDemand":"yes"}', 'string', 'bool'],
  ['{"record":1}', 'number', 'bool'],
  ['{"source":5}', 'number', 'string'],
  ['{"source":true}', 'bool', 'string'],
  ['{"source":{}}', 'object', 'string'],
  ['{"source":["a"]}', 'array', 'string'],
  ['{"maxReaders":"1"}', 'string', 'int'],
  ['{"maxReaders":1.5}', 'number 1.5', 'int'],
  ['{"rpiCameraWidth":-1}', 'number -1', 'uint'],
  ['{"rpiCameraContrast":"1"}', 'string', 'float64'],
  ['{"sourceOnDemandStartTimeout":5}', 'number', 'string'],
];

const VALUES: readonly (readonly [body: string, error: string])[] = [
  ['{"rtspTransport":"x"}', "invalid transport 'x'"],
  ['{"sourceOnDemandStartTimeout":"abc"}', 'time: invalid duration "abc"'],
  ['{"sourceOnDemandStartTimeout":"90"}', 'time: missing unit in duration "90"'],
  ['{"sourceOnDemandStartTimeout":"9x"}', 'time: unknown unit "x" in duration "9x"'],
  ['{"sourceOnDemand":true}', "'sourceOnDemand' is useless when source is 'publisher'"],
  ['{"sourceRedirect":"/x"}', "'sourceRedirect' is useless when source is not 'redirect'"],
  [
    `{"source":"${DEAD}","runOnDemand":"x"}`,
    "'runOnDemand' and 'runOnUnDemand' can be used only when source is 'publisher'",
  ],
  ['{"recordPath":"x"}', "'recordPath' must contain %path"],
  [
    '{"recordDeleteAfter":"1s"}',
    "'recordDeleteAfter' cannot be lower than 'recordSegmentDuration'",
  ],
  ['{"alwaysAvailable":true}', "'alwaysAvailableTracks' must contain at least one track"],
  ['{"forward":[{"dest":""}]}', "invalid 'forward': entry 0: destination is empty"],
];

onEveryTarget(({ it, itSince, use }) => {
  const target = use();

  const refuses = async (body: string, error: string): Promise<void> => {
    const { api } = target();
    for (const verb of ['add', 'replace'] as const) {
      expect(await api[verb]('refused', body)).toMatchObject({ status: 400, error });
    }
    expect((await api.config('refused')).status).toBe(404);
    expect((await api.path('refused')).status).toBe(404);
  };

  for (const [what, body, error] of UNREADABLE.slice(0, 2)) {
    it(`refuses ${what}`, () => refuses(body, error));
  }
  for (const [what, body, error] of UNREADABLE.slice(2)) {
    itSince([1, 20], `refuses ${what}`, () => refuses(body, error));
  }
  for (const [body, given, wanted] of TYPES) {
    itSince([1, 20], `refuses the wrong type in ${body}`, () =>
      refuses(body, `json: cannot unmarshal ${given} into Go value of type ${wanted}`),
    );
  }
  for (const [body, error] of VALUES) {
    itSince([1, 20], `refuses ${body}`, () => refuses(body, error));
  }
});
