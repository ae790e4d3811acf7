import { expect } from '@jest/globals';
import { eventually } from '#test/support/eventually.js';
import {
  DEAD,
  eventuallyLooks,
  eventuallyPresent,
  eventuallyRead,
  onDemand,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { type Suite } from '#test/support/mediamtx/targets.js';

const IDLE = {
  available: false,
  availableTime: null,
  online: true,
  onlineTime: '0001-01-01T00:00:00Z',
  source: { type: 'rtspSource', id: '' },
  tracks: [],
  readers: [],
};

export function onDemandPaths({ it, itSince, use, useCamera }: Suite): void {
  const target = use();
  const camera = useCamera(target);

  itSince([1, 20], 'cannot be told from a broken source while nobody watches', async () => {
    const { api } = target();
    await api.replace('demand/good', onDemand(camera().url));
    await api.replace('demand/dead', onDemand(DEAD));
    await eventuallyPresent(api, 'demand/good');
    await eventuallyPresent(api, 'demand/dead');
    const unnamed = { name: '', confName: '' };
    const good = { ...(await api.path('demand/good')).json, ...unnamed };
    const dead = { ...(await api.path('demand/dead')).json, ...unnamed };
    expect(good).toMatchObject(IDLE);
    expect(good).toEqual(dead);
  });

  it('starts with its first viewer and closes some time after its last', async () => {
    const { api } = target();
    const name = 'demand/watched';
    await api.replace(name, onDemand(camera().url, { sourceOnDemandCloseAfter: '1s' }));
    await eventuallyPresent(api, name);
    expect((await api.path(name)).json).toMatchObject({ available: false });
    const viewer = await target().view(name);
    const watched = await eventuallyRead(api, name);
    expect(watched).toMatchObject({ available: true });
    await viewer.leave();
    await eventuallyRead(api, name, 0);
    expect((await api.path(name)).json).toMatchObject({ available: true });
    await eventuallyLooks(api, name, { available: false, source: IDLE.source });
  });

  it('goes on when a viewer comes back before the source has closed', async () => {
    const { api } = target();
    const name = 'demand/again';
    await api.replace(name, onDemand(camera().url, { sourceOnDemandCloseAfter: '20s' }));
    await eventuallyPresent(api, name);
    const first = await target().view(name);
    const before = await eventuallyRead(api, name);
    await first.leave();
    await eventuallyRead(api, name, 0);
    await target().view(name);
    const after = await eventuallyRead(api, name);
    expect(after['availableTime']).toBe(before['availableTime']);
  });

  it('never becomes available for a viewer of a dead source', async () => {
    const { api } = target();
    const body = onDemand(DEAD, { sourceOnDemandStartTimeout: '1s' });
    await api.replace('demand/never', body);
    await eventuallyPresent(api, 'demand/never');
    const viewer = await target().view('demand/never');
    await eventually(async () => {
      expect((await api.path('demand/never')).json).toMatchObject({
        available: false,
        readers: [],
      });
    });
    await viewer.leave();
  });

  it('names the pattern that serves a path, until the path has a configuration of its own', async () => {
    const { api } = target();
    await api.replace('~%5Epattern/', onDemand(camera().url));
    await eventually(async () => expect((await api.config('~%5Epattern/')).status).toBe(200));
    expect((await api.path('pattern/one')).status).toBe(404);
    await target().view('pattern/one');
    const served = await eventuallyRead(api, 'pattern/one');
    expect(served).toMatchObject({ name: 'pattern/one', confName: '~^pattern/', available: true });
    await api.replace('pattern/one', pulled(DEAD));
    await eventuallyLooks(api, 'pattern/one', {
      confName: 'pattern/one',
      available: false,
      readers: [],
    });
  });
}
