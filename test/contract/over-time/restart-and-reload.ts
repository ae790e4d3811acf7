import { expect } from '@jest/globals';
import { eventually, throughout } from '#test/support/eventually.js';
import {
  DEAD,
  eventuallyAbsent,
  eventuallyFlows,
  eventuallyLooks,
  eventuallyPresent,
  onDemand,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { type Suite } from '#test/support/mediamtx/targets.js';

const FILE = { 'file/one': onDemand(DEAD), 'file/two': onDemand(DEAD) };
const API = ['api/one', 'api/two'];

export function restartAndReload({ it, use, useCamera }: Suite): void {
  const target = use({ filePaths: FILE });
  const camera = useCamera(target);

  const started = async (): Promise<unknown> =>
    (await target().api.get('/v3/info')).json['started'];

  const addByApi = async (): Promise<void> => {
    const { api } = target();
    for (const name of API) expect((await api.replace(name, onDemand(DEAD))).status).toBe(200);
    await eventually(async () => {
      expect(await api.names()).toEqual(expect.arrayContaining([...API, ...Object.keys(FILE)]));
    });
  };

  it('says its version, and when it was started', async () => {
    const { json } = await target().api.get('/v3/info');
    expect(Object.keys(json)).toEqual(['version', 'started']);
    expect(json['version']).toMatch(/^v\d+\.\d+\.\d+/);
    expect(json['started']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/);
  });

  it('keeps only the paths of its file over a restart, and has a new start time', async () => {
    const { api, restart } = target();
    await addByApi();
    const before = await started();
    await restart();
    expect(await api.names()).toEqual(Object.keys(FILE));
    const after = await started();
    expect(Date.parse(String(after))).toBeGreaterThan(Date.parse(String(before)));
  });

  it('takes the same restore twice', async () => {
    const { api, restart } = target();
    await restart();
    await addByApi();
    await addByApi();
    expect(await api.names()).toEqual([...API, ...Object.keys(FILE)]);
  });

  it('refuses connections while it is down, and serves again when it is back', async () => {
    const { api, kill, revive } = target();
    await kill();
    await expect(api.get('/v3/info')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(api.replace('while/down', {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await revive();
    expect((await api.path('while/down')).status).toBe(404);
    expect((await api.replace('while/down', {})).status).toBe(200);
    await eventuallyPresent(api, 'while/down');
  });

  it('may lose the answer of a write when it dies, and the same write repairs it', async () => {
    const { api, restart } = target();
    const writes = Array.from({ length: 20 }, (_, index) =>
      api.replace(`dying/${index}`, onDemand(DEAD)).catch(() => null),
    );
    await restart();
    await Promise.all(writes);
    expect((await api.replace('dying/0', onDemand(DEAD))).status).toBe(200);
    await eventuallyPresent(api, 'dying/0');
  });

  it('loses every path of the API when its file is rewritten, without a new start time', async () => {
    const { api, rewriteFile } = target();
    await addByApi();
    const before = await started();
    await rewriteFile();
    await eventuallyAbsent(api, 'api/one');
    expect(await api.names()).toEqual(Object.keys(FILE));
    expect(await started()).toBe(before);
  });

  it('does not mind a new time stamp on its file', async () => {
    const { api, touchFile } = target();
    await addByApi();
    await touchFile();
    await throughout(300, async () => {
      expect(await api.names()).toEqual([...API, ...Object.keys(FILE)]);
    });
  });

  it('leaves a running path of its file alone when the file changes elsewhere', async () => {
    const { api, rewriteFile } = target();
    const live = { 'file/live': pulled(camera().url) };
    await rewriteFile({ ...FILE, ...live });
    const before = await eventuallyFlows(api, 'file/live');
    await rewriteFile({ ...live, 'file/three': onDemand(DEAD) });
    await eventuallyPresent(api, 'file/three');
    await eventuallyAbsent(api, 'file/one');
    expect((await api.path('file/live')).json['availableTime']).toBe(before['availableTime']);
    await rewriteFile({ 'file/live': pulled(DEAD) });
    await eventuallyLooks(api, 'file/live', { available: false });
    await rewriteFile(FILE);
  });

  it('lets the API change and remove a path of its file until the next reload', async () => {
    const { api, rewriteFile } = target();
    await rewriteFile(FILE);
    await eventuallyPresent(api, 'file/one');
    expect((await api.remove('file/one')).status).toBe(200);
    expect((await api.patch('file/two', { maxReaders: 2 })).status).toBe(200);
    await eventuallyAbsent(api, 'file/one');
    await rewriteFile();
    await eventuallyPresent(api, 'file/one');
    expect((await api.config('file/two')).json['maxReaders']).toBe(0);
  });
}
