import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { InvalidEnvironment, loadApiConfig } from './api-config.js';
import { readNodesFile } from './nodes-file.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigia-nodes-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function written(text: string): string {
  const file = path.join(folder, 'nodes.yml');
  writeFileSync(file, text);
  return file;
}

const PLAYBACK = '{ hls: http://h, webrtc: https://w, rtsp: rtsp://r }';
const aNode = (id: string, more = ''): string =>
  `  - { id: ${id}, apiUrl: 'http://${id}:9997', playback: ${PLAYBACK}${more} }\n`;
const aFile = (...nodes: string[]): string => written(`nodes:\n${nodes.join('')}`);

function faultsOf(file: string): readonly string[] {
  const read = readNodesFile(file);
  return read.ok ? [] : read.faults;
}

describe('readNodesFile', () => {
  it('reads each node, with a capacity of 1 000 and no agent unless it says so', () => {
    const file = aFile(aNode('north', ", capacity: 5, agentUrl: 'http://north:9996'"), aNode('b'));
    const playback = { hls: 'http://h', webrtc: 'https://w', rtsp: 'rtsp://r' };
    expect(readNodesFile(file)).toEqual({
      ok: true,
      nodes: [
        {
          id: 'north',
          apiUrl: 'http://north:9997',
          agentUrl: 'http://north:9996',
          playback,
          capacity: 5,
        },
        { id: 'b', apiUrl: 'http://b:9997', agentUrl: null, playback, capacity: 1_000 },
      ],
    });
  });

  it('says all faults at once, each with its place, and no value', () => {
    const file = aFile(
      aNode('no.rth', ', capacity: -1'),
      aNode('south', ', colour: red'),
      "  - { id: south, apiUrl: 'ftp://vigia:hunter2@h', playback: { hls: x } }\n",
    );
    const faults = faultsOf(file);
    expect(faults.map((fault) => fault.split(': ')[1])).toEqual([
      'nodes[0].id',
      'nodes[0].capacity',
      'nodes[1]',
      'nodes[2].apiUrl',
      'nodes[2].playback.hls',
      'nodes[2].playback.webrtc',
      'nodes[2].playback.rtsp',
    ]);
    expect(faults[2]).toContain('colour');
    expect(faults.join()).not.toContain('hunter2');
  });

  it.each([
    ['an id', "  - { id: north, apiUrl: 'http://x', playback: P }", 'nodes[1].id'],
    ['a MediaMTX', "  - { id: b, apiUrl: 'http://NORTH:9997/', playback: P }", 'nodes[1].apiUrl'],
  ])('refuses %s that another node has', (_what, line, place) => {
    const file = aFile(aNode('north'), `${line.replace('P }', `${PLAYBACK} }`)}\n`);
    expect(faultsOf(file)).toEqual([`NODES_FILE: ${place}: is that of nodes[0] too`]);
  });

  it.each([
    ['no nodes', 'nodes: []'],
    ['no list', 'nodes: north'],
    ['nothing', ''],
    ['a list', '- id: north'],
    ['another name', 'node: []'],
  ])('refuses a file with %s', (_what, text) => {
    expect(faultsOf(written(text))).not.toEqual([]);
  });

  it('says where it is no YAML, and which file cannot be read', () => {
    expect(faultsOf(written('nodes:\n  - id: "hunter2\n'))).toEqual([
      expect.stringMatching(/^NODES_FILE: is no YAML \(line \d+, column \d+: [A-Z_]+\)$/),
    ]);
    expect(faultsOf(path.join(folder, 'none.yml'))).toEqual(['NODES_FILE: cannot be read: ENOENT']);
  });
});

describe('loadApiConfig', () => {
  const DATABASE_URL = 'postgres://db/vigia';

  function environmentFaults(given: NodeJS.ProcessEnv): string[] {
    try {
      loadApiConfig({ DATABASE_URL, ...given });
      return [];
    } catch (err) {
      expect(err).toBeInstanceOf(InvalidEnvironment);
      return (err as Error).message.split('\n  ').slice(1);
    }
  }

  it('makes one node of the environment, without a limit, when there is no file', () => {
    const { nodes } = loadApiConfig({ DATABASE_URL, NODE_ID: 'Gate_1' }).config;
    expect(nodes).toEqual([
      {
        id: 'Gate_1',
        apiUrl: 'http://127.0.0.1:9997',
        agentUrl: null,
        playback: {
          hls: 'http://127.0.0.1:8888',
          webrtc: 'http://127.0.0.1:8889',
          rtsp: 'rtsp://127.0.0.1:8554',
        },
        capacity: null,
      },
    ]);
  });

  it('takes the nodes from the file', () => {
    const { nodes } = loadApiConfig({
      DATABASE_URL,
      NODES_FILE: aFile(aNode('a'), aNode('b')),
    }).config;
    expect(nodes.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('refuses what the file says already, together with the faults of the file', () => {
    const faults = environmentFaults({
      NODES_FILE: aFile(aNode('no.rth')),
      NODE_ID: 'north',
      NODE_AGENT_URL: 'http://h',
      NODE_AGENT_TOKEN: '0123456789abcdef',
      MEDIAMTX_API_URL: 'http://h',
      MEDIAMTX_HLS_URL: 'http://h',
      MEDIAMTX_WEBRTC_URL: 'http://h',
      MEDIAMTX_RTSP_URL: 'rtsp://h',
      MEDIAMTX_TIMEOUT_MS: '100',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'NODE_ID',
      'NODE_AGENT_URL',
      'MEDIAMTX_API_URL',
      'MEDIAMTX_HLS_URL',
      'MEDIAMTX_WEBRTC_URL',
      'MEDIAMTX_RTSP_URL',
      'NODES_FILE',
    ]);
  });

  it('wants a token of 16 characters as soon as a node has an agent', () => {
    const needed = ['NODE_AGENT_TOKEN: must be set, since a node has an agent'];
    const NODES_FILE = aFile(aNode('a'), aNode('b', ", agentUrl: 'http://b:9996'"));
    expect(environmentFaults({ NODE_AGENT_URL: 'http://h:9996' })).toEqual(needed);
    expect(environmentFaults({ NODES_FILE })).toEqual(needed);
    expect(environmentFaults({ NODES_FILE, NODE_AGENT_TOKEN: 'x'.repeat(16) })).toEqual([]);
    expect(environmentFaults({ NODES_FILE, NODE_AGENT_TOKEN: 'x'.repeat(15) })).toHaveLength(1);
  });
});
