import { describe, expect, it } from '@jest/globals';

import { type PathSpec } from '../../domain/ports/media-mtx-client.js';
import { decodeConfiguredPaths, driftOf, hasCatchAll } from './configured-paths.js';
import { decodeHasRecordCleaner, decodeHasUdpReadBufferSize } from './node-settings.js';

const SPEC: PathSpec = {
  source: { url: 'rtsp://10.0.0.1/a', secret: { userInfo: 'u:p$', query: 'k=1' } },
  onDemand: false,
  transport: 'tcp',
};
const BODY = {
  source: 'rtsp://u:p%24@10.0.0.1/a?k=1',
  sourceOnDemand: false,
  rtspTransport: 'tcp',
};
const WANTED = new Map([['cam/a', SPEC]]);

function listOf(...items: object[]): string {
  return JSON.stringify({ pageCount: 1, itemCount: items.length, items });
}

function drift(body: object): readonly string[] {
  const configured = decodeConfiguredPaths(listOf({ name: 'cam/a', ...body }));
  return driftOf(configured!, WANTED).get('cam/a') ?? [];
}

describe('driftOf', () => {
  it('finds none when all that we send is as we send it, whatever else is configured', () => {
    expect(drift({ ...BODY, record: true, maxReaders: 7 })).toEqual([]);
  });

  it.each([
    [{ source: 'rtsp://10.0.0.2/a' }, ['source']],
    [{ source: 'publisher' }, ['source']],
    [{ sourceOnDemand: true }, ['sourceOnDemand']],
    [{ rtspTransport: 'udp', sourceOnDemand: true }, ['sourceOnDemand', 'rtspTransport']],
  ])('names the fields that differ: %j', (change, fields) => {
    expect(drift({ ...BODY, ...change })).toEqual(fields);
  });

  it('takes a path that is not configured for no drift, and foreign ones as none of ours', () => {
    const configured = decodeConfiguredPaths(listOf({ name: 'foreign', ...BODY, source: 'x' }));
    expect(driftOf(configured!, WANTED).size).toBe(0);
  });
});

describe('decodeConfiguredPaths', () => {
  it.each([
    ['truncated', listOf({ name: 'cam/a', ...BODY }).slice(0, -5)],
    ['of another shape', '{"itemCount":0,"items":null}'],
    ['short of an item', '{"itemCount":2,"items":[]}'],
    ['without a field of ours', listOf({ name: 'cam/a', source: 'x' })],
  ])('answers nothing for a list that is %s', (_, text) => {
    expect(decodeConfiguredPaths(text)).toBeNull();
  });
});

describe('hasCatchAll', () => {
  it.each(['all', 'all_others', '~^.*$', '~^cam/(.+)$'])('knows %s', (name) => {
    const configured = decodeConfiguredPaths(listOf({ name, ...BODY }));
    expect(hasCatchAll(configured!, 'cam/_vigia')).toBe(true);
  });

  it.each(['cam/a', '~^other/', '~(?P<x>', 'alls'])('does not take %s for one', (name) => {
    const configured = decodeConfiguredPaths(listOf({ name, ...BODY }));
    expect(hasCatchAll(configured!, 'cam/_vigia')).toBe(false);
  });
});

describe('the settings of a node', () => {
  it('have a UDP read buffer size when it is set to anything', () => {
    expect(decodeHasUdpReadBufferSize('{"logLevel":"info"}')).toBe(false);
    expect(decodeHasUdpReadBufferSize('{"rtspUDPReadBufferSize":null}')).toBe(false);
    expect(decodeHasUdpReadBufferSize('{"rtspUDPReadBufferSize":0}')).toBe(true);
    expect(decodeHasUdpReadBufferSize('<html>')).toBeNull();
  });

  it('have a record cleaner unless recordings are kept for ever', () => {
    ['', '0s', '0'].forEach((recordDeleteAfter) => {
      expect(decodeHasRecordCleaner(JSON.stringify({ recordDeleteAfter }))).toBe(false);
    });
    expect(decodeHasRecordCleaner('{"recordDeleteAfter":"24h0m0s"}')).toBe(true);
    expect(decodeHasRecordCleaner('')).toBeNull();
  });
});
