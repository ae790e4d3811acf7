import { describe, expect, it } from '@jest/globals';

import { readEntries } from './start-file.js';

const A = { cameraId: 'a', source: 'rtsp://u:secret@h/a' };
const B = { cameraId: 'b', source: 'rtsp://u:secret@h/b', labels: { site: 'north' }, other: 1 };

function faultOf(text: string, name: string): string {
  try {
    readEntries(text, name);
  } catch (err) {
    return (err as Error).message;
  }
  return 'none';
}

describe('the file of a start of many', () => {
  it.each(['cameras.jsonl', 'cameras.NDJSON', '-'])('is lines of JSON when called %s', (name) => {
    const text = `${JSON.stringify(A)}\n\n${JSON.stringify(B)}\r\n`;
    expect(readEntries(text, name)).toEqual([A, B]);
  });

  it('is a list in YAML otherwise, which JSON is too', () => {
    expect(readEntries(JSON.stringify([A, B]), 'cameras.json')).toEqual([A, B]);
    expect(readEntries('- cameraId: a\n  source: rtsp://u:secret@h/a\n', 'cameras.yaml')).toEqual([
      A,
    ]);
  });

  it('is refused with every fault and its place, and with no value', () => {
    const lines = `${JSON.stringify(A)}\n{"cameraId":1,"source":"rtsp://u:secret@h"}\n{"secret\n`;
    const fault = faultOf(lines, 'cameras.jsonl');
    expect(fault).toContain('line 2: cameraId: ');
    expect(fault).toContain('line 3: is no JSON');
    expect(fault).not.toContain('secret');
    expect(faultOf('- cameraId: a\n', 'a.yaml')).toContain('entry 1: source: ');
  });

  it.each([
    ['a: [rtsp://u:secret@h', 'is no YAML'],
    ['a: rtsp://u:secret@h', 'the file: is no list of entries'],
    ['[]', 'it has no entry'],
  ])('%j is refused without being shown', (text, words) => {
    expect(faultOf(text, 'cameras.yaml')).toContain(words);
    expect(faultOf(text, 'cameras.yaml')).not.toContain('secret');
  });
});
