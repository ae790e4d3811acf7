import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Who runs on this machine, and whether it is still the one that we started.
 *
 * A pid alone is no identity: it is given out again, and a signal sent to an old one may hit
 * anybody. A pid together with its start time is one. Linux is read from /proc (slim images have no
 * `ps`), everything else through `ps`.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly startedAt: string;
}

export interface ProcessRow extends ProcessIdentity {
  readonly parentPid: number;
  /** Ended, but not yet collected by its parent: it can do nothing any more. */
  readonly isZombie: boolean;
  readonly command: string;
}

/** Fields of /proc/<pid>/stat, counted after the name, which may itself hold spaces and brackets. */
const STAT = { state: 0, parentPid: 1, startTime: 19 } as const;

export function parseStat(stat: string, bootId: string, commandLine: string): ProcessRow {
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat
    .slice(nameEnd + 1)
    .trim()
    .split(' ');
  const state = fields[STAT.state] ?? '';
  return {
    pid: Number.parseInt(stat, 10),
    parentPid: Number(fields[STAT.parentPid]),
    // The boot id keeps a record made before a reboot from matching a process started after it.
    startedAt: `${bootId}:${fields[STAT.startTime] ?? ''}`,
    isZombie: state === 'Z' || state === 'X',
    command: commandLine.split('\0').join(' ').trim(),
  };
}

/** One line of `ps -o pid=,ppid=,stat=,lstart=,args=`. */
const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})\s*(.*)$/;

export function parsePsLine(line: string): ProcessRow | undefined {
  const [, pid, parentPid, state, startedAt, command] = PS_LINE.exec(line) ?? [];
  if (pid === undefined || startedAt === undefined) return undefined;
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    startedAt,
    isZombie: state?.startsWith('Z') ?? false,
    command: command ?? '',
  };
}

/** What `ps` says of one process, or of all. */
export function readWithPs(pid?: number): ProcessRow[] {
  const which = pid === undefined ? ['-A'] : ['-p', String(pid)];
  try {
    const text = execFileSync('ps', [...which, '-o', 'pid=,ppid=,stat=,lstart=,args='], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text
      .split('\n')
      .map(parsePsLine)
      .filter((row) => row !== undefined);
  } catch {
    // `ps -p` of a process that is gone ends with code 1.
    return [];
  }
}

let bootId: string | undefined;

function readFromProc(pid: number): ProcessRow | undefined {
  try {
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return parseStat(stat, bootId, readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return undefined;
  }
}

export function readProcess(pid: number): ProcessRow | undefined {
  return process.platform === 'linux' ? readFromProc(pid) : readWithPs(pid)[0];
}

export function readAllProcesses(): ProcessRow[] {
  if (process.platform !== 'linux') return readWithPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readFromProc(Number(name)))
    .filter((row) => row !== undefined);
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const row = readProcess(identity.pid);
  return row?.startedAt === identity.startedAt && !row.isZombie;
}

/** The running children of a process, and theirs, nearest first. */
export function descendantsOf(pid: number, rows: readonly ProcessRow[]): ProcessRow[] {
  const found: ProcessRow[] = [];
  let generation = [pid];
  while (generation.length > 0) {
    const parents = new Set(generation);
    const next = rows.filter(
      (row) => parents.has(row.parentPid) && !row.isZombie && !found.includes(row),
    );
    found.push(...next);
    generation = next.map((row) => row.pid);
  }
  return found;
}
