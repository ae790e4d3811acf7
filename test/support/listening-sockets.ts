import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';
const UDP_BOUND = '07';
const IPV4_DIGITS = 8;

function inodesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        } catch {
          return undefined;
        }
      })
      .filter((inode) => inode !== undefined);
  } catch {
    return [];
  }
}

function ipv4(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

/** What a line of /proc/net/tcp and its kin says, where somebody listens. */
function parseLine(line: string): { address: string; inode: string } | undefined {
  const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
  if (![LISTENING, UDP_BOUND].includes(state)) return undefined;
  const [address = ''] = local.split(':');
  return { address: address.length === IPV4_DIGITS ? ipv4(address) : address, inode };
}

/**
 * The addresses on which processes take connections and datagrams, such as `tcp 127.0.0.1` (an IPv6
 * address stays in hexadecimal digits). Linux only.
 */
export function listeningAddresses(pids: readonly number[]): string[] {
  const inodes = new Set(pids.flatMap(inodesOf));
  const found = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(parseLine)
      .filter((socket) => socket !== undefined && inodes.has(socket.inode))
      .map((socket) => `${table} ${socket?.address ?? ''}`),
  );
  return [...new Set(found)].sort();
}
