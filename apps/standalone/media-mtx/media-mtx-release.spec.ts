import { describe, expect, it } from '@jest/globals';

import { releaseFor, thisMachine } from './media-mtx-release.js';

const archiveFor = (platform: string, arch: string, armVersion?: string) =>
  releaseFor({ platform, arch, armVersion }, 'https://example.org/download')?.archive;

describe('releaseFor', () => {
  it.each([
    ['linux', 'x64', undefined, 'mediamtx_v1.20.1_linux_amd64.tar.gz'],
    ['linux', 'arm64', undefined, 'mediamtx_v1.20.1_linux_arm64.tar.gz'],
    ['linux', 'arm', '6', 'mediamtx_v1.20.1_linux_armv6.tar.gz'],
    ['linux', 'arm', '7', 'mediamtx_v1.20.1_linux_armv7.tar.gz'],
    ['darwin', 'x64', undefined, 'mediamtx_v1.20.1_darwin_amd64.tar.gz'],
    ['darwin', 'arm64', undefined, 'mediamtx_v1.20.1_darwin_arm64.tar.gz'],
    ['win32', 'x64', undefined, 'mediamtx_v1.20.1_windows_amd64.zip'],
  ])('has one for %s %s %s', (platform, arch, armVersion, archive) => {
    expect(archiveFor(platform, arch, armVersion)).toBe(archive);
  });

  it.each([
    ['freebsd', 'x64'],
    ['linux', 'riscv64'],
    ['linux', 'arm'],
    ['win32', 'arm64'],
  ])('has none for %s %s', (platform, arch) => {
    expect(archiveFor(platform, arch)).toBeUndefined();
  });

  it('names the program as the system calls it', () => {
    const program = (platform: string) =>
      releaseFor({ platform, arch: 'x64' }, 'https://example.org')?.program;
    expect([program('linux'), program('win32')]).toEqual(['mediamtx', 'mediamtx.exe']);
  });

  it('puts the version between the base and the files', () => {
    expect(releaseFor({ platform: 'linux', arch: 'x64' }, 'https://example.org/d/')).toMatchObject({
      archiveUrl: 'https://example.org/d/v1.20.1/mediamtx_v1.20.1_linux_amd64.tar.gz',
      checksumsUrl: 'https://example.org/d/v1.20.1/checksums.sha256',
    });
  });

  it('knows this machine', () => {
    expect(thisMachine()).toMatchObject({ platform: process.platform, arch: process.arch });
  });
});
