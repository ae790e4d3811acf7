/** What Node refuses before there is a request: no route, no filter, only a socket. */
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';

import { v4 as uuidv4 } from 'uuid';

import { type Fault, problemOf } from './problem.js';

const MALFORMED: Fault = {
  status: 400,
  code: 'request.malformed_http',
  detail: 'This is not valid HTTP/1.1.',
};

const FAULTS: Readonly<Record<string, Fault>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request.timeout',
    detail: 'The request did not arrive in time: 5 s for the headers, 10 s in all.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'request.headers_too_large',
    detail: 'The URL and the headers are larger than 16 KiB together.',
  },
};

/** Answers if there is still somebody who could read it, and closes. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const fault = FAULTS[error.code ?? ''] ?? MALFORMED;
  const id = uuidv4();
  const body = JSON.stringify(problemOf(fault, { url: '', id }));
  const head = [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
