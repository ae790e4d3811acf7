/**
 * Bodies and sources that nobody thought of, sent to both servers: the simulator must accept,
 * refuse and word its refusals as the real server does.
 */
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '#test/support/eventually.js';
import { type ApiAnswer, type Json } from '#test/support/mediamtx/control-api.js';
import { DEAD } from '#test/support/mediamtx/looks.js';
import { SimulatorTarget } from '#test/support/mediamtx/simulator-target.js';
import { onRealTarget } from '#test/support/mediamtx/targets.js';

const RUNS = { numRuns: 150 };

const anySource = fc
  .record({
    scheme: fc.constantFrom(
      'rtsp://',
      'rtsps://',
      'http://',
      'srt://',
      'whep://',
      'udp://',
      'ftp://',
      '',
    ),
    user: fc.constantFrom('', 'u@', 'u:p@', ':@', ':p@', 'u:p%40@', 'u%zz:p@', 'a b:p@', 'u:p@q@'),
    host: fc.constantFrom(
      'h',
      '',
      '127.0.0.1',
      '[::1]',
      '[::1',
      '::1',
      'a b',
      'h%41',
      'é',
      '$G1',
      'a_b',
      'a|b',
    ),
    port: fc.constantFrom('', ':', ':554', ':99999', ':x', ':1:2', ':$G1', ':-1'),
    rest: fc.constantFrom(
      '',
      '/',
      '/a b',
      '/%zz',
      '/%41',
      '?q=%zz',
      '#f',
      '/#%zz',
      '/a\tb',
      '/é',
      '/$MTX_QUERY',
    ),
  })
  .map(({ scheme, user, host, port, rest }) => scheme + user + host + port + rest);

const anyValue = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    'yes',
    '',
    '10s',
    '1d',
    '90m',
    '2h45m',
    '5',
    '50M',
  ),
  fc.constantFrom(
    '-1s',
    '1d2h',
    '1.5h',
    '100ms',
    '1h1',
    's',
    '.5s',
    '1GB',
    '1.5G',
    '0M',
    'tcp',
    'udp',
    'fmp4',
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [1, 2],
    ['a'],
    [null],
    [{}],
    [{ dest: 'rtsp://h/x' }],
    [{ dest: 'x' }],
  ),
);

const anyField = fc.constantFrom(
  ...['name', 'source', 'sourceFingerprint', 'sourceOnDemand', 'sourceOnDemandStartTimeout'],
  ...['maxReaders', 'srtReadPassphrase', 'srtPublishPassphrase', 'useAbsoluteTimestamp', 'forward'],
  ...['alwaysAvailableTracks', 'record', 'recordPath', 'recordFormat', 'recordPartDuration'],
  ...['recordMaxPartSize', 'recordSegmentDuration', 'recordDeleteAfter', 'rtspTransport'],
  ...['rtspRangeType', 'rtspUDPSourcePortRange', 'moqTransport', 'sourceRedirect', 'runOnInit'],
  ...[
    'rpiCameraWidth',
    'rpiCameraContrast',
    'rpiCameraAWBGains',
    'runOnDemand',
    'unknown',
    'Source',
  ],
);

const anyName = fc
  .array(fc.constantFrom('a', 'B', '9', '_', '-', '.', '..', '/', '~', ':', ' ', 'é', '%', '+'), {
    maxLength: 6,
  })
  .map((parts) => encodeURIComponent(parts.join('')));

describe('the simulator and the real server', () => {
  onRealTarget(({ itSince, use }) => {
    const real = use();
    let simulator: SimulatorTarget | null = null;
    beforeAll(async () => {
      simulator = await SimulatorTarget.start({});
    });
    afterAll(() => simulator?.stop());

    const bothAnswer = async (
      ask: (api: SimulatorTarget['api']) => Promise<ApiAnswer>,
    ): Promise<{ simulated: string; genuine: string }> => {
      const [simulated, genuine] = await Promise.all([ask(simulator!.api), ask(real().api)]);
      return {
        simulated: `${simulated.status} ${simulated.text}`,
        genuine: `${genuine.status} ${genuine.text}`,
      };
    };

    const expectSame = async (name: string, body: Json | string): Promise<void> => {
      const { simulated, genuine } = await bothAnswer((api) => api.replace(name, body));
      expect(simulated).toBe(genuine);
      if (!genuine.startsWith('200')) return;
      await eventually(async () => {
        const shown = await bothAnswer((api) => api.config(name));
        expect(shown.genuine).toMatch(/^200/);
        expect(JSON.parse(shown.simulated.slice(4))).toEqual(JSON.parse(shown.genuine.slice(4)));
      });
    };

    itSince([1, 20], 'agree on any source', async () => {
      const sent = fc.asyncProperty(anySource, fc.boolean(), (source, sourceOnDemand) =>
        expectSame('verdict/source', { source, sourceOnDemand }),
      );
      await fc.assert(sent, RUNS);
    });

    itSince([1, 20], 'agree on any field with any value', async () => {
      const sent = fc.asyncProperty(anyField, anyValue, fc.boolean(), (field, value, isPulled) =>
        expectSame('verdict/field', {
          ...(isPulled ? { source: DEAD, sourceOnDemand: true } : {}),
          [field]: value,
        }),
      );
      await fc.assert(sent, { numRuns: 300 });
    });

    itSince([1, 20], 'agree on any name', async () => {
      const sent = fc.asyncProperty(anyName, async (name) => {
        const { simulated, genuine } = await bothAnswer((api) => api.replace(name, {}));
        expect(simulated).toBe(genuine);
        if (genuine.startsWith('200')) await bothAnswer((api) => api.remove(name));
      });
      await fc.assert(sent, RUNS);
    });

    itSince([1, 20], 'agree on any text that is not JSON', async () => {
      const text = fc
        .array(
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            ':',
            ',',
            '"',
            '\\',
            'a',
            '1',
            '-',
            '.',
            'null',
            'true',
            ' ',
            '\n',
            '"source"',
          ),
        )
        .map((parts) => parts.join(''));
      const sent = fc.asyncProperty(text, (body) => expectSame('verdict/text', body));
      await fc.assert(sent, RUNS);
    });
  });
});
