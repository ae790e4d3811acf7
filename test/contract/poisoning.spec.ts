/**
 * A refused PATCH leaves its values behind in the server, invisibly, and every later write of any
 * path is then refused with the same text.
 */
import { expect } from '@jest/globals';
import {
  DEAD,
  eventuallyAbsent,
  eventuallyPresent,
  onDemand,
} from '#test/support/mediamtx/looks.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const BAD = 'ftp://127.0.0.1/x';
const REFUSAL = { status: 400, error: `invalid source: '${BAD}'` };

onEveryTarget(({ it, use }) => {
  const target = use({ filePaths: { 'file/one': onDemand(DEAD) } });

  const poison = async (name: string): Promise<void> => {
    const { api } = target();
    await api.replace('healthy', onDemand(DEAD));
    await api.replace(name, onDemand(DEAD));
    await eventuallyPresent(api, name);
    expect(await api.patch(name, { source: BAD })).toMatchObject(REFUSAL);
  };

  it('makes every write of other paths fail, whatever they carry', async () => {
    const { api } = target();
    await poison('sick/one');
    expect(await api.replace('other', onDemand(DEAD))).toMatchObject(REFUSAL);
    expect(await api.add('another', {})).toMatchObject(REFUSAL);
    expect(await api.patch('healthy', { maxReaders: 1 })).toMatchObject(REFUSAL);
    expect(await api.remove('healthy')).toMatchObject(REFUSAL);
    expect((await api.path('other')).status).toBe(404);
    await api.replace('sick/one', onDemand(DEAD));
  });

  it('keeps answering what has no configuration with its own refusal', async () => {
    const { api } = target();
    await poison('sick/two');
    expect(await api.remove('missing')).toMatchObject({ status: 404, error: 'path not found' });
    expect((await api.add('healthy', {})).error).toBe('path already exists');
    expect((await api.replace('other', { test: 1 })).error).toBe('json: unknown field "test"');
    await api.replace('sick/two', onDemand(DEAD));
  });

  it('cannot be seen: the last good values are still shown', async () => {
    const { api } = target();
    await poison('sick/three');
    expect((await api.config('sick/three')).json).toMatchObject(onDemand(DEAD));
    const listed = await api.items('/v3/config/paths/list');
    expect(listed.find(({ name }) => name === 'sick/three')).toMatchObject({ source: DEAD });
    expect((await api.path('sick/three')).status).toBe(200);
    await api.replace('sick/three', onDemand(DEAD));
  });

  it('ends when the poisoned path is replaced', async () => {
    const { api } = target();
    await poison('sick/four');
    expect((await api.replace('sick/four', onDemand(DEAD))).status).toBe(200);
    expect((await api.replace('after/four', {})).status).toBe(200);
    await eventuallyPresent(api, 'after/four');
  });

  it('ends when the poisoned path is deleted', async () => {
    const { api } = target();
    await poison('sick/five');
    expect((await api.remove('sick/five')).status).toBe(200);
    await eventuallyAbsent(api, 'sick/five');
    expect((await api.replace('after/five', {})).status).toBe(200);
  });

  it('ends when the poisoned path is patched with a good value, and keeps the rest', async () => {
    const { api } = target();
    await poison('sick/six');
    await api.patch('sick/six', { maxReaders: 9 });
    expect((await api.patch('sick/six', { source: DEAD })).status).toBe(200);
    expect((await api.replace('after/six', {})).status).toBe(200);
    await eventuallyPresent(api, 'after/six');
    expect((await api.config('sick/six')).json['maxReaders']).toBe(9);
  });

  it('ends when the file is read again', async () => {
    const { api, rewriteFile } = target();
    await poison('sick/seven');
    await rewriteFile();
    await eventuallyAbsent(api, 'sick/seven');
    expect((await api.replace('after/seven', {})).status).toBe(200);
  });

  it('ends with a restart', async () => {
    const { api, restart } = target();
    await poison('sick/eight');
    await restart();
    expect((await api.replace('after/eight', {})).status).toBe(200);
  });

  it('locks the server when two paths are poisoned, until each is patched back', async () => {
    const { api } = target();
    await poison('sick/b');
    expect((await api.patch('healthy', { source: 'gopher://x' })).status).toBe(400);
    const first = { status: 400, error: "invalid source: 'gopher://x'" };
    expect(await api.add('new', {})).toMatchObject(first);
    // Neither can be replaced or deleted: the other one is still bad.
    expect(await api.replace('healthy', onDemand(DEAD))).toMatchObject(REFUSAL);
    expect(await api.remove('healthy')).toMatchObject(REFUSAL);
    expect(await api.replace('sick/b', onDemand(DEAD))).toMatchObject(first);
    expect(await api.remove('sick/b')).toMatchObject(first);
    // A patch takes effect even though it is refused.
    expect(await api.patch('healthy', { source: DEAD })).toMatchObject(REFUSAL);
    expect((await api.patch('sick/b', { source: DEAD })).status).toBe(200);
    expect((await api.add('new', {})).status).toBe(200);
  });

  it('is not caused by a refused add or replace, or by a body that cannot be read', async () => {
    const { api } = target();
    await api.replace('sane', onDemand(DEAD));
    await eventuallyPresent(api, 'sane');
    expect((await api.add('refused', { source: BAD })).status).toBe(400);
    expect((await api.replace('sane', { source: BAD })).status).toBe(400);
    expect((await api.patch('sane', { source: DEAD, test: 1 })).status).toBe(400);
    expect((await api.replace('unharmed', {})).status).toBe(200);
    await eventuallyPresent(api, 'unharmed');
  });

  it('is caused by path defaults too, for the paths that do not set the field', async () => {
    const { api, restart } = target();
    await restart();
    const patch = { body: { source: BAD } };
    expect((await api.call('PATCH', '/v3/config/pathdefaults/patch', patch)).status).toBe(200);
    expect((await api.replace('own/source', onDemand(DEAD))).status).toBe(200);
    expect(await api.replace('no/source', {})).toMatchObject(REFUSAL);
    expect((await api.remove('own/source')).status).toBe(200);
    await restart();
  });
});
