/**
 * One RTSP response (RFC 2326, section 7) out of a stream of bytes: a status line, headers, and a
 * body of Content-Length bytes. Reads no further than it is allowed to.
 */
import { Reason } from '../../domain/reason.js';
import { ProbeFailure } from './probe-failure.js';
import { type ProbeLimits } from './probe-limits.js';

export interface RtspResponse {
  readonly status: number;
  /** By name in lower case; a header may be given more than once. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

const STATUS_LINE = /^RTSP\/\d\.\d (\d{3})(?: |$)/;
const BEGIN = 'RTSP/';
const END_OF_HEADERS = '\r\n\r\n';

type Limits = Pick<ProbeLimits, 'maxHeaderBytes' | 'maxBodyBytes'>;

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly bodyAt: number;
  readonly length: number;
}

/** Reads one response; its headers once, however small the pieces are in which the rest comes. */
export class ResponseReader {
  private head: Head | null = null;

  constructor(private readonly limits: Limits) {}

  /**
   * @param received all that has arrived so far
   * @returns null while more must come @throws ProbeFailure when it cannot become a response any more
   */
  read(received: Buffer): RtspResponse | null {
    this.head ??= readHead(received, this.limits);
    if (this.head === null || received.length < this.head.bodyAt + this.head.length) {
      return null;
    }
    const { status, headers, bodyAt, length } = this.head;
    return { status, headers, body: received.toString('utf8', bodyAt, bodyAt + length) };
  }
}

function readHead(received: Buffer, { maxHeaderBytes, maxBodyBytes }: Limits): Head | null {
  if (!BEGIN.startsWith(received.toString('latin1', 0, BEGIN.length))) {
    throw notRtsp();
  }
  const end = received.indexOf(END_OF_HEADERS);
  if ((end === -1 ? received.length : end) > maxHeaderBytes) {
    throw notRtsp();
  }
  return end === -1 ? null : headOf(received, end, maxBodyBytes);
}

function headOf(received: Buffer, end: number, maxBodyBytes: number): Head {
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = STATUS_LINE.exec(statusLine)?.[1];
  const headers = headersOf(lines);
  const length = lengthOf(headers);
  if (status === undefined || length > maxBodyBytes) {
    throw notRtsp();
  }
  return { status: Number(status), headers, bodyAt: end + END_OF_HEADERS.length, length };
}

function headersOf(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) {
      throw notRtsp();
    }
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
  }
  return headers;
}

function lengthOf(headers: ReadonlyMap<string, readonly string[]>): number {
  const text = headers.get('content-length')?.[0] ?? '0';
  if (!/^\d{1,9}$/.test(text)) {
    throw notRtsp();
  }
  return Number(text);
}

const notRtsp = (): ProbeFailure => new ProbeFailure(Reason.sourceProtocol);
