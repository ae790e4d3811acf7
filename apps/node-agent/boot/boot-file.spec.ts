import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';

import { type PathBody } from '../wanted/wanted-set.js';
import { parseBaseFile } from './base-file.js';
import { bootFile, trialFile } from './boot-file.js';

const BODY: PathBody = {
  source: 'rtsp://u:p%40ss@10.0.0.1/a?b=c',
  sourceOnDemand: false,
  rtspTransport: 'tcp',
};
const PATHS = new Map([
  ['cam/a', BODY],
  ['cam/b-2', { ...BODY, sourceOnDemand: true }],
]);
const read = (text: string) => parse(text, { version: '1.1' }) as Record<string, unknown>;

describe('bootFile', () => {
  it('holds the settings of the operator, the paths, and the log that we read', () => {
    const base = { api: true, apiAddress: ':9997', logLevel: 'error', logStructured: false };
    expect(read(bootFile(base, PATHS))).toEqual({
      api: true,
      apiAddress: ':9997',
      logLevel: 'info',
      logStructured: true,
      logDestinations: ['stdout'],
      paths: Object.fromEntries(PATHS),
    });
  });

  it('leaves a finer log as it is', () => {
    expect(read(bootFile({ logLevel: 'debug' }, PATHS))).toMatchObject({ logLevel: 'debug' });
  });

  it('is valid without any path', () => {
    expect(read(bootFile({}, new Map()))).toMatchObject({ paths: {} });
  });

  it('says in YAML what the base file has said', () => {
    const words = fc.constantFrom(
      'yes',
      'no',
      'on',
      '~',
      '1:30',
      '0x10',
      '0s',
      '- a',
      'a: b',
      '007',
    );
    const value = fc.oneof(fc.string(), words, fc.boolean(), fc.integer(), fc.array(words));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^x[a-zA-Z]{1,8}$/), value), (settings) => {
        expect(read(bootFile(settings, PATHS))).toMatchObject(settings);
      }),
    );
  });
});

describe('trialFile', () => {
  const settings = `
api: yes
rtsp: yes
rtmpDisable: no
runOnConnect: touch /tmp/x
authInternalUsers: [{ user: any }]
pathDefaults: { runOnInit: touch /tmp/x, runOnInitRestart: yes, recordDeleteAfter: 0s }
`;
  const base = parseBaseFile(settings);
  const trial = (version: string) => read(trialFile(base.ok ? base.settings : {}, PATHS, version));

  it('listens nowhere, dials nobody and runs nothing at its start', () => {
    const file = trial('v1.20.1');
    for (const name of ['api', 'metrics', 'pprof', 'playback', 'rtsp', 'rtmp', 'hls', 'webrtc']) {
      expect(file).toHaveProperty(name, false);
    }
    expect(file).toMatchObject({ srt: false, moq: false, authInternalUsers: [{ user: 'any' }] });
    expect(file).not.toHaveProperty('rtmpDisable');
    expect(file['pathDefaults']).toEqual({ recordDeleteAfter: '0s' });
    expect(file['paths']).toMatchObject({
      'cam/a': { ...BODY, sourceOnDemand: true },
      'cam/b-2': { sourceOnDemand: true },
    });
  });

  it('does not name what an older version does not know', () => {
    expect(trial('v1.18.3')).not.toHaveProperty('moq');
  });
});
