import { describe, expect, it } from '@jest/globals';

import { EXPLANATIONS } from '#streaming/domain/reason.js';

import { sourceFailureOf } from './source-failure.js';

describe('sourceFailureOf', () => {
  it.each([
    ['bad status code: 401 (Unauthorized)', 'SOURCE_AUTH_FAILED'],
    ['bad status code: 403 (Forbidden)', 'SOURCE_AUTH_FAILED'],
    ['bad status code: 404 (Not Found)', 'SOURCE_NOT_FOUND'],
    ['bad status code: 400 (Bad Request)', 'SOURCE_NOT_FOUND'],
    ['bad status code: 453 (Not Enough Bandwidth)', 'SOURCE_BUSY'],
    ['bad status code: 503 (Service Unavailable)', 'SOURCE_BUSY'],
    ['bad status code: 500 (Internal Server Error)', 'SOURCE_PROTOCOL'],
    ['dial tcp 127.0.0.1:9: connect: connection refused', 'SOURCE_REFUSED'],
    ['dial tcp 10.0.0.3:554: i/o timeout', 'SOURCE_TIMEOUT'],
    ['TCP timeout', 'SOURCE_TIMEOUT'],
    ['request timed out', 'SOURCE_TIMEOUT'],
    ["connection timeout. server didn't respond", 'SOURCE_TIMEOUT'],
    ['dial tcp: lookup nosuch.invalid on 10.0.0.1:53: no such host', 'SOURCE_DNS'],
    ['dial tcp 10.0.0.3:554: connect: no route to host', 'SOURCE_UNREACHABLE'],
    ['dial tcp 10.0.0.3:554: connect: network is unreachable', 'SOURCE_UNREACHABLE'],
    ['x509: certificate signed by unknown authority', 'SOURCE_TLS'],
    ['tls: first record does not look like a TLS handshake', 'SOURCE_TLS'],
    ['EOF', 'SOURCE_PROTOCOL'],
    ['read tcp 1.2.3.4:1->5.6.7.8:554: read: connection reset by peer', 'SOURCE_PROTOCOL'],
    ['no medias have been setupped', 'SOURCE_NO_MEDIA'],
    ['words of a later version', 'SOURCE_NO_MEDIA'],
  ])('calls %j %s, which is explained', (text, code) => {
    expect(sourceFailureOf(text)).toBe(code);
    expect(EXPLANATIONS).toHaveProperty(code);
  });

  it('is not misled by the words in a URL', () => {
    const text = 'Get "http://u:***@x509/EOF.m3u8": dial tcp: connect: connection refused';
    expect(sourceFailureOf(text)).toBe('SOURCE_REFUSED');
  });
});
