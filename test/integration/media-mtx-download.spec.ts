import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { mediaMtxVersion } from '#supervision/media-mtx-version.js';

import { cachedProgram, fetchMediaMtx } from '../../apps/standalone/media-mtx/fetch-media-mtx.js';
import { findMediaMtx } from '../../apps/standalone/media-mtx/find-media-mtx.js';
import { releaseFor, thisMachine } from '../../apps/standalone/media-mtx/media-mtx-release.js';
import { Terminal } from '../../apps/standalone/terminal.js';
import { tarGz, zip, type ArchiveFile } from '../support/archives.js';
import { FakeReleaseServer } from '../support/fake-release-server.js';
import { Said } from '../support/said.js';

/** Does not compress, so that it can be cut in the middle. */
const BULK = randomBytes(200_000).toString('hex');
const PROGRAM = { name: 'mediamtx', content: `#!/bin/sh\necho v1.20.1\n# ${BULK}\n` };
const LICENSE = { name: 'LICENSE', content: 'MIT' };
const NEVER = new AbortController().signal;

describe('the download of MediaMTX', () => {
  let server: FakeReleaseServer;
  let folder: string;
  let cacheDir: string;

  const release = (platform = 'linux') => releaseFor({ platform, arch: 'x64' }, server.url)!;
  const publish = (files: readonly ArchiveFile[], listed?: Buffer) => {
    server.publish('v1.20.1', release().archive, tarGz(files), listed);
  };
  const fetchIt = (platform?: string) =>
    fetchMediaMtx(release(platform), cacheDir, { signal: NEVER, idleLimitMs: 2_000 });
  const part = () => path.join(cacheDir, 'v1.20.1', `${release().archive}.part`);
  /** As an earlier try would have left it. */
  const leave = (content: string) => {
    mkdirSync(path.dirname(part()), { recursive: true });
    writeFileSync(part(), content);
  };
  const kept = () => readdirSync(path.join(cacheDir, 'v1.20.1'));

  beforeEach(async () => {
    server = await FakeReleaseServer.start();
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-download-'));
    cacheDir = path.join(folder, 'cache');
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings, checks and unpacks the program, and keeps nothing else', async () => {
    publish([LICENSE, PROGRAM]);
    const file = await fetchIt();

    expect(file).toBe(cachedProgram(cacheDir, release()));
    expect(await mediaMtxVersion(file)).toBe('v1.20.1');
    expect(kept()).toEqual(['mediamtx']);
    expect(statSync(file).mode & 0o777).toBe(0o755);
  });

  it('unpacks the archive for Windows', async () => {
    const { archive } = release('win32');
    const files = [LICENSE, { name: 'mediamtx.exe', content: 'MZ' }];
    server.publish('v1.20.1', archive, zip(files));
    await fetchIt('win32');
    expect(kept()).toEqual(['mediamtx.exe']);
  });

  it('refuses an archive that is not the published one, and throws it away', async () => {
    publish([PROGRAM], Buffer.from('what was published'));
    await expect(fetchIt()).rejects.toThrow(/is not what was published.*checksums\.sha256 says/);
    expect(kept()).toEqual([]);
  });

  it('refuses an archive that the list of checksums does not name', async () => {
    publish([PROGRAM]);
    server.serve('/download/v1.20.1/checksums.sha256', '<html>Sign in</html>');
    await expect(fetchIt()).rejects.toThrow('does not list mediamtx_v1.20.1_linux_amd64.tar.gz');
  });

  it('goes on where a broken connection left off', async () => {
    publish([PROGRAM]);
    server.cutNextArchiveAfter(100_000);
    await expect(fetchIt()).rejects.toThrow(/MB are kept, the next start goes on from there/);
    expect(kept()).toEqual([`${release().archive}.part`]);
    const { size } = statSync(part());

    await fetchIt();
    expect(server.requests.at(-1)).toBe(`GET ${release().archive} bytes=${size}-`);
    expect(kept()).toEqual(['mediamtx']);
  });

  it('starts over where the server cannot go on', async () => {
    publish([PROGRAM]);
    leave('x'.repeat(5_000));
    server.ignoreRanges();
    await fetchIt();
    expect(server.requests.at(-1)).toBe(`GET ${release().archive} bytes=5000-`);
    expect(kept()).toEqual(['mediamtx']);
  });

  it.each([
    ['a part of another file', 5_000],
    ['a part that is longer than the file', 2_000_000],
  ])('starts over after %s', async (_, bytes) => {
    publish([PROGRAM]);
    leave('x'.repeat(bytes));
    await fetchIt();
    expect(server.requests.at(-1)).toBe(`GET ${release().archive}`);
    expect(kept()).toEqual(['mediamtx']);
  });

  it('says which address has no such file', async () => {
    await expect(fetchIt()).rejects.toThrow(/\/v1\.20\.1\/checksums\.sha256 answers 404/);
  });

  it('says that the server is down', async () => {
    const down = release();
    await server.stop();
    await expect(fetchMediaMtx(down, cacheDir, { signal: NEVER })).rejects.toThrow(/ECONNREFUSED/);
    server = await FakeReleaseServer.start();
  });

  it('does not wait for a server that says nothing', async () => {
    server.fallSilent();
    await expect(fetchIt()).rejects.toThrow(/checksums\.sha256: /);
  });

  it('refuses an archive without the program', async () => {
    publish([LICENSE, { name: 'other/mediamtx', content: 'x'.repeat(2_000) }]);
    await expect(fetchIt()).rejects.toThrow('holds no mediamtx');
    expect(kept()).toEqual([]);
  });

  it.each(['../escaped', '/tmp/vigia-escaped', 'a/../../escaped'])(
    'refuses an archive that reaches out of itself: %s',
    async (name) => {
      publish([PROGRAM, { name, content: 'x' }]);
      await expect(fetchIt()).rejects.toThrow(`holds a path outside of itself (${name})`);
      expect(kept()).toEqual([]);
      expect(existsSync(path.join(cacheDir, 'escaped'))).toBe(false);
    },
  );

  it('refuses an archive that is none', async () => {
    server.publish('v1.20.1', release().archive, Buffer.from('x'.repeat(2_000)));
    await expect(fetchIt()).rejects.toThrow(/cannot be unpacked|holds no mediamtx/);
  });

  it('ends at once when the stack is stopped', async () => {
    server.fallSilent();
    const signal = AbortSignal.timeout(100);
    await expect(fetchMediaMtx(release(), cacheDir, { signal })).rejects.toThrow(/aborted/);
  });

  describe('as the stack looks for it', () => {
    let said: Said;

    const find = (more: { wanted?: string; searchPath?: string } = {}) =>
      findMediaMtx({
        wanted: more.wanted,
        searchPath: more.searchPath ?? '',
        cacheDir,
        releasesUrl: server.url,
        terminal: new Terminal(said, said),
        signal: NEVER,
      });
    const program = (name: string, version: string) => {
      const file = path.join(folder, name);
      writeFileSync(file, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
      return file;
    };

    beforeEach(() => {
      said = new Said();
      const { archive } = releaseFor(thisMachine(), server.url)!;
      server.publish('v1.20.1', archive, tarGz([PROGRAM]));
    });

    it('takes the wanted one before any other', async () => {
      const wanted = program('mine', 'v1.18.0');
      program('mediamtx', 'v1.19.0');
      expect(await find({ wanted, searchPath: folder })).toEqual({
        file: wanted,
        version: 'v1.18.0',
      });
    });

    it('does not replace a wanted one that cannot be used', async () => {
      await expect(find({ wanted: path.join(folder, 'none') })).rejects.toThrow('MEDIAMTX_BIN');
      await expect(find({ wanted: program('old', 'v1.15.4') })).rejects.toThrow(
        /MEDIAMTX_BIN.*v1\.15\.4.*v1\.16/,
      );
    });

    it('takes the one on PATH without a word to the network', async () => {
      const file = program('mediamtx', 'v1.19.0');
      expect(await find({ searchPath: `/nowhere:${folder}` })).toEqual({
        file,
        version: 'v1.19.0',
      });
      expect(server.requests).toEqual([]);
    });

    it('says that the one on PATH is too old, and that it downloads another', async () => {
      program('mediamtx', 'v1.15.4');
      expect(await find({ searchPath: folder })).toMatchObject({ version: 'v1.20.1' });
      expect(said.text).toMatch(
        /v1\.15\.4, too old[^]*downloading http[^]*checksum is the published/,
      );
    });

    it('downloads once', async () => {
      const first = await find();
      const requests = server.requests.length;
      expect(await find()).toEqual(first);
      expect(server.requests).toHaveLength(requests);
    });

    it('says why there is none', async () => {
      const { url } = server;
      await server.stop();
      const down = { wanted: undefined, searchPath: '', cacheDir, releasesUrl: url };
      const terminal = new Terminal(said, said);
      expect(await findMediaMtx({ ...down, terminal, signal: NEVER })).toBeUndefined();
      expect(said.text).toMatch(/! MediaMTX could not be downloaded: http.*ECONNREFUSED/);
      server = await FakeReleaseServer.start();
    });
  });
});
