import { beforeEach, describe, expect, it } from '@jest/globals';

import { FakeVigiaApi, aProblem, aStreamBody } from '#test/support/cli/fake-vigia-api.js';
import { Typed, type TypedOptions } from '#test/support/cli/typed.js';

import { ApiUnreachable } from './api/failures.js';

const SECRET = 'rtsp://admin:s3cret@10.0.0.1/a';

describe('the command line', () => {
  let api: FakeVigiaApi;

  beforeEach(() => {
    api = new FakeVigiaApi();
  });

  async function typed(line: string, options: Omit<TypedOptions, 'api'> = {}) {
    const command = new Typed(line.split(' '), { api, ...options });
    return { command, code: await command.code };
  }

  it('lists streams as a table, and says when there are more', async () => {
    api.has(
      aStreamBody({ id: '2', status: 'ERROR', reason: 'SOURCE_DNS' }),
      aStreamBody({ id: '1', cameraId: 'yard' }),
    );
    const { command, code } = await typed('streams list --limit 1');
    expect(code).toBe(0);
    expect(command.lines).toEqual([
      'ID  CAMERA  STATUS  REASON      HEALTH   SINCE',
      '2   gate-3  ERROR   SOURCE_DNS  HEALTHY  3m',
    ]);
    expect(command.err.text).toContain('--all or --limit');
  });

  it('follows cursors for all, and asks for what was filtered', async () => {
    const north = Array.from({ length: 1_201 }, (_, index) => {
      return aStreamBody({ id: String(index), labels: { site: 'north' } });
    });
    api.has(...north, aStreamBody({ id: 'x' }));
    const { command } = await typed('streams list --all --label site=north --json');
    expect(command.json).toEqual({ items: north, nextCursor: null });
    const { command: some } = await typed('streams list --limit 700 --json');
    expect(some.json).toEqual({ items: north.slice(0, 700), nextCursor: '700' });
  });

  it('starts a stream with what was typed, and shows where it plays', async () => {
    const line = `streams start yard ${SECRET} --on-demand --transport udp --label a=b=c --label d=`;
    const { command, code } = await typed(`${line} --wait`);
    expect(code).toBe(0);
    expect(api.streams[0]).toMatchObject({
      cameraId: 'yard',
      onDemand: true,
      transport: 'udp',
      labels: { a: 'b=c', d: '' },
    });
    expect(api.sources).toEqual([SECRET]);
    expect(command.lines).toContain('status  RUNNING');
    expect(command.out.text).not.toContain('s3cret');
  });

  it('reads a source from standard input, so that nobody sees it', async () => {
    await typed('streams start yard -', { stdin: `${SECRET}\n` });
    api.checked = {
      source: 'rtsp://***:***@10.0.0.1/a',
      reachable: false,
      reason: 'SOURCE_REFUSED',
      message: 'Nothing listens there.',
      tracks: null,
      advice: [],
    };
    const { command, code } = await typed('check -', { stdin: SECRET });
    expect(api.sources).toEqual([SECRET, SECRET]);
    expect(code).toBe(1);
    expect(command.lines).toContain('reachable  no (SOURCE_REFUSED)');
  });

  it('starts many, goes on past one that is refused, and tells it at the end', async () => {
    api.refused.set('b', aProblem({ detail: 'b is busy.' }));
    const stdin = ['a', 'b', 'c'].map((cameraId) => JSON.stringify({ cameraId, source: SECRET }));
    const line = 'streams start --file - --on-demand';
    const { command, code } = await typed(line, { stdin: stdin.join('\n') });
    expect(code).toBe(1);
    expect(command.err.text).toBe('b: b is busy.\n2 done, 1 failed\n');
    expect(api.streams.map(({ cameraId }) => cameraId).sort()).toEqual(['a', 'c']);
    expect(api.streams.every(({ onDemand }) => onDemand)).toBe(true);

    const { command: again } = await typed(`${line} --json`, { stdin: stdin[1]! });
    expect(again.json).toEqual([]);
    expect(JSON.parse(again.err.text)).toMatchObject({ detail: 'b is busy.', subject: 'b' });
  });

  it('fails for who waited when a stream does not run, and not for who did not', async () => {
    api.start = async () => aStreamBody({ status: 'STARTING' });
    expect((await typed(`streams start a ${SECRET}`)).code).toBe(0);
    expect((await typed(`streams start a ${SECRET} --wait 3`)).code).toBe(1);
  });

  it('stops several, by their ids and by their cameras', async () => {
    api.has(aStreamBody({ id: '1' }), aStreamBody({ id: '2', cameraId: 'yard' }));
    const { command, code } = await typed('streams stop 1 --camera yard nowhere --json');
    expect(code).toBe(1);
    expect(command.json).toMatchObject([{ id: '1' }, { id: '2' }]);
    expect(api.streams.map(({ status }) => status)).toEqual(['STOPPED', 'STOPPED']);
    expect(JSON.parse(command.err.text)).toMatchObject({ subject: 'nowhere' });
  });

  it('shows a stream by its id, or by its camera', async () => {
    api.has(aStreamBody({ id: '1', labels: { site: 'north\u001b[2J' } }));
    const { command } = await typed('streams show --camera gate-3');
    expect(command.lines).toContain('camera       gate-3');
    // What would clear the screen does not.
    expect(command.lines).toContain('labels       site=north?[2J');
    const { command: byId } = await typed('streams show 1 --json');
    expect(byId.json).toMatchObject({ id: '1', connectionQuality: 'good' });
  });

  it('shows nodes, and below them what is wrong', async () => {
    const node = {
      id: 'north',
      health: 'DEGRADED' as const,
      problems: ['NODE_UNREACHABLE: no answer'],
      warnings: ['upgrade it'],
      version: null,
      paths: 3,
      capacity: null,
      lastLookAt: '2026-11-23T16:59:00.000Z',
      lease: { owner: 'vigia-1:3000', epoch: '1', expiresAt: '2026-11-23T17:00:09.000Z' },
      isPoisoned: false,
      playback: { hls: '', webrtc: '', rtsp: '' },
      hasAgent: true,
    };
    api.nodeList = { items: [node] };
    const { command } = await typed('nodes');
    expect(command.lines).toEqual([
      'NODE   HEALTH    PATHS  CAPACITY  VERSION  AGENT  HOLDER        LOOKED AT',
      'north  DEGRADED  3      no limit  -        yes    vigia-1:3000  1m ago',
      '',
      'north: NODE_UNREACHABLE: no answer',
      'north: warning: upgrade it',
    ]);
    expect((await typed('nodes --json')).command.json).toEqual({ items: [node] });
  });

  it.each([
    'streams',
    'streams lsit',
    'streams list --status BROKEN',
    'streams list --limit 0',
    'streams start a',
    `streams start a ${SECRET} --label nothing`,
    `streams start a ${SECRET} --file cameras.yaml`,
    `streams start a --wait ${SECRET}`,
    `streams start a b ${SECRET}`,
    SECRET,
    'streams stop',
    'streams watch --interval 0',
    'streams show',
    'streams show 1 --camera a',
    'streams start --file /nowhere/cameras.yaml',
    'nodes --api ftp://x',
    'nodes --api http://user:s3cret@x',
    'migrate',
    'adopt-empty',
  ])('takes no %s, with 2, and asks nobody', async (line) => {
    const { command, code } = await typed(line);
    expect(code).toBe(2);
    expect(command.out.text).toBe('');
    expect(command.err.text).not.toBe('');
    expect(command.err.text).not.toContain('s3cret');
    expect(api.streams).toEqual([]);
  });

  it('ends with 1 when it is refused, and with 3 when nobody is there', async () => {
    api.refused.set('a', aProblem({ errors: [{ pointer: '/source', message: 'is no URL' }] }));
    const { command, code } = await typed(`streams start a ${SECRET}`);
    expect(code).toBe(1);
    expect(command.err.text).toBe(
      'vigia: The camera already has an active stream.\n  /source: is no URL\n',
    );
    api.failure = new ApiUnreachable('http://vigia', 'ECONNREFUSED');
    expect((await typed('nodes')).code).toBe(3);
    expect((await typed('streams stop 1 2')).code).toBe(3);
  });

  it('looks for the API where it is told: the option, then the environment', async () => {
    const env = { VIGIA_API_URL: 'http://b' };
    expect((await typed('nodes --api http://a', { env })).command.address).toBe('http://a');
    expect((await typed('nodes', { env })).command.address).toBe('http://b');
    const unset = { VIGIA_API_URL: '' };
    expect((await typed('nodes', { env: unset })).command.address).toBe('http://127.0.0.1:3000');
  });

  it('helps on standard output, with the exit codes', async () => {
    const { command, code } = await typed('--help');
    expect(code).toBe(0);
    expect(command.out.text).toContain('3  the API cannot be reached');
    expect((await typed('streams start --help')).command.out.text).toContain('--json');
  });
});
