/**
 * What the official release of MediaMTX consists of, as its own build makes it
 * (scripts/binaries.mk and .github/workflows/release.yml of v1.20.1).
 */
export const MEDIAMTX_VERSION = 'v1.20.1';

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** 6 or 7 on a 32-bit ARM. */
  readonly armVersion?: string | undefined;
}

export interface Release {
  readonly version: string;
  readonly archive: string;
  readonly archiveUrl: string;
  readonly checksumsUrl: string;
  /** The name of the program inside the archive. */
  readonly program: string;
}

const TARGETS: Readonly<Record<string, string>> = {
  'linux/x64': 'linux_amd64',
  'linux/arm64': 'linux_arm64',
  'linux/arm/6': 'linux_armv6',
  'linux/arm/7': 'linux_armv7',
  'darwin/x64': 'darwin_amd64',
  'darwin/arm64': 'darwin_arm64',
  'win32/x64': 'windows_amd64',
};

export function thisMachine(): Machine {
  const variables: Readonly<Record<string, unknown>> = { ...process.config.variables };
  const armVersion = variables['arm_version'];
  return {
    platform: process.platform,
    arch: process.arch,
    armVersion: typeof armVersion === 'string' ? armVersion : undefined,
  };
}

/** The archive for a machine; nothing where there is no official one. */
export function releaseFor(machine: Machine, releasesUrl: string): Release | undefined {
  const { platform, arch, armVersion } = machine;
  const target = TARGETS[[platform, arch, ...(arch === 'arm' ? [armVersion] : [])].join('/')];
  if (target === undefined) return undefined;
  const isWindows = platform === 'win32';
  const archive = `mediamtx_${MEDIAMTX_VERSION}_${target}.${isWindows ? 'zip' : 'tar.gz'}`;
  const base = `${releasesUrl.replace(/\/+$/, '')}/${MEDIAMTX_VERSION}`;
  return {
    version: MEDIAMTX_VERSION,
    archive,
    archiveUrl: `${base}/${archive}`,
    checksumsUrl: `${base}/checksums.sha256`,
    program: isWindows ? 'mediamtx.exe' : 'mediamtx',
  };
}
