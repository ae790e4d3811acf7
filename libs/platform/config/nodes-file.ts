/** The file that NODES_FILE names: the nodes, when there are several or they have a capacity. */
import { readFileSync } from 'node:fs';
import { YAMLParseError, parse } from 'yaml';
import { z } from 'zod';

import { url } from './fields.js';
import { type NodeConfig } from './node-config.js';

/** MediaMTX's cost of a write grows with its paths; beyond this use more nodes. */
const DEFAULT_CAPACITY = 1_000;
const MAX_CAPACITY = 100_000;

const node = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      'must be letters, digits, _ or -, 64 at most, and begin with a letter or a digit',
    ),
  apiUrl: url('http:', 'https:'),
  agentUrl: url('http:', 'https:').nullable().default(null),
  playback: z.strictObject({
    hls: url('http:', 'https:'),
    webrtc: url('http:', 'https:'),
    rtsp: url('rtsp:', 'rtsps:'),
  }),
  capacity: z.int().min(0).max(MAX_CAPACITY).default(DEFAULT_CAPACITY),
});

/** Two nodes of one MediaMTX would take each other's paths for leftovers, and remove them. */
const UNIQUE = ['id', 'apiUrl', 'agentUrl'] as const;

const FEWEST = 'must be a list of at least one node';

const nodesFile = z.strictObject({
  nodes: z
    .array(node, FEWEST)
    .min(1, FEWEST)
    .superRefine((nodes, context) => {
      for (const field of UNIQUE) {
        const keys = nodes.map((one) => keyOf(one[field]));
        keys.forEach((key, index) => {
          const first = keys.indexOf(key);
          if (key !== null && first < index) {
            const message = `is that of nodes[${first}] too`;
            context.addIssue({ code: 'custom', path: [index, field], message });
          }
        });
      }
    }),
});

export type NodesFile =
  | { readonly ok: true; readonly nodes: readonly [NodeConfig, ...NodeConfig[]] }
  | { readonly ok: false; readonly faults: readonly string[] };

/** @returns the nodes, or every fault with its place and without a value: a URL may hold a password */
export function readNodesFile(file: string): NodesFile {
  const read = readYaml(file);
  if ('fault' in read) {
    return { ok: false, faults: [`NODES_FILE: ${read.fault}`] };
  }
  const result = nodesFile.safeParse(read.value);
  const [first, ...others] = result.data?.nodes ?? [];
  return first === undefined
    ? { ok: false, faults: (result.error?.issues ?? []).map(faultOf) }
    : { ok: true, nodes: [first, ...others] };
}

function readYaml(file: string): { value: unknown } | { fault: string } {
  try {
    return { value: parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) };
  } catch (err) {
    if (err instanceof YAMLParseError) {
      const { line, col } = err.linePos?.[0] ?? {};
      return { fault: `is no YAML (line ${line ?? '?'}, column ${col ?? '?'}: ${err.code})` };
    }
    return { fault: `cannot be read: ${(err as NodeJS.ErrnoException).code ?? String(err)}` };
  }
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  const place = path.reduce<string>(
    (before, key) => (typeof key === 'number' ? `${before}[${key}]` : `${before}.${String(key)}`),
    '',
  );
  return place === '' ? `NODES_FILE: ${message}` : `NODES_FILE: ${place.slice(1)}: ${message}`;
}

function keyOf(value: string | null): string | null {
  return value !== null && URL.canParse(value) ? new URL(value).href : value;
}
