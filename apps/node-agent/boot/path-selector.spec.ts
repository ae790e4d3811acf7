import { beforeEach, describe, expect, it } from '@jest/globals';

import { type PathBody, judgeSources } from '../wanted/wanted-set.js';
import { PathSelector } from './path-selector.js';
import { type Verdict } from './refused-paths.js';

const to = (source: string): PathBody => ({ source, sourceOnDemand: false, rtspTransport: 'tcp' });

describe('PathSelector', () => {
  let tried: string[][];
  let refuses: (body: PathBody) => boolean;
  let verdict: Verdict | null;
  let selector: PathSelector;

  const select = (paths: Record<string, PathBody>) => selector.select(judgeSources(paths));

  beforeEach(() => {
    tried = [];
    refuses = ({ source }) => source.includes('refused');
    verdict = null;
    selector = new PathSelector(async (paths) => {
      tried.push([...paths.keys()]);
      return verdict ?? ([...paths.values()].some(refuses) ? 'refused' : 'accepted');
    });
  });

  it('leaves out what our rules or MediaMTX refuse, and says so without a value', async () => {
    const { usable, leftOut } = await select({
      'cam/a': to('rtsp://10.0.0.1/a'),
      'cam/b': to('rtsp://hunter2@h/'),
      'cam/c': to('rtsp://u:hunter2@refused/'),
    });
    expect([...usable.keys()]).toEqual(['cam/a']);
    expect(leftOut.map(({ path }) => path)).toEqual(['cam/b', 'cam/c']);
    expect(JSON.stringify(leftOut)).not.toContain('hunter2');
  });

  it('tries a definition once, good or bad', async () => {
    const paths = { 'cam/a': to('rtsp://h/a'), 'cam/c': to('rtsp://refused/') };
    await select(paths);
    tried = [];
    expect((await select(paths)).leftOut).toHaveLength(1);
    expect(tried).toEqual([]);
    await select({ ...paths, 'cam/a': to('rtsp://h/other') });
    expect(tried).toEqual([['cam/a']]);
  });

  it('takes a path in again whose source was corrected', async () => {
    await select({ 'cam/c': to('rtsp://refused/') });
    const { usable, leftOut } = await select({ 'cam/c': to('rtsp://h/') });
    expect([usable.size, leftOut]).toEqual([1, []]);
  });

  it('forgets what is no longer wanted', async () => {
    await select({ 'cam/c': to('rtsp://refused/') });
    expect((await select({})).leftOut).toEqual([]);
  });

  it('uses what could not be tried, and tries it the next time', async () => {
    verdict = 'unknown';
    expect((await select({ 'cam/a': to('rtsp://refused/') })).usable.size).toBe(1);
    verdict = null;
    expect((await select({ 'cam/a': to('rtsp://refused/') })).usable.size).toBe(0);
  });

  it('tries everything again when told to trust nothing', async () => {
    const paths = { 'cam/a': to('rtsp://h/a') };
    await select(paths);
    refuses = () => true;
    selector.distrust();
    expect((await select(paths)).usable.size).toBe(0);
  });
});
