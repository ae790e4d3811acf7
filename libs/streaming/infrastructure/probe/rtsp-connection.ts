/** One connection to a camera, and one question at a time. */
import { type Socket } from 'node:net';

import { Reason } from '../../domain/reason.js';
import { type Endpoint, openConnection } from './open-connection.js';
import { ProbeFailure } from './probe-failure.js';
import { type ProbeLimits } from './probe-limits.js';
import { ResponseReader, type RtspResponse } from './rtsp-response.js';

/** Too low: two connections at a camera that allows one. Too high: a rude camera holds a place. */
const LINGER_MS = 500;

export class RtspConnection {
  private asked = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly limits: ProbeLimits,
  ) {}

  static async open(
    endpoint: Endpoint,
    limits: ProbeLimits,
    signal: AbortSignal,
  ): Promise<RtspConnection> {
    const socket = await openConnection(endpoint, limits.connectMs, signal);
    // Between two questions nobody else listens, and an error without a listener ends the process.
    socket.on('error', () => undefined);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    return new RtspConnection(socket, limits);
  }

  /** @throws ProbeFailure when no whole answer comes in time */
  ask(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<RtspResponse> {
    this.asked += 1;
    const lines = Object.entries({ CSeq: String(this.asked), 'User-Agent': 'vigia', ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return new Promise((resolve, reject) => {
      const reader = new ResponseReader(this.limits);
      let received = Buffer.alloc(0);
      // Of the whole answer: one that drips is no answer.
      const timer = setTimeout(
        () => end(new ProbeFailure(Reason.sourceTimeout)),
        this.limits.answerMs,
      );
      const end = (outcome: RtspResponse | Error): void => {
        clearTimeout(timer);
        this.socket.off('data', onData).off('close', onClose);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const onClose = (): void => end(new ProbeFailure(Reason.sourceProtocol));
      const onData = (piece: Buffer): void => {
        received = Buffer.concat([received, piece]);
        try {
          const response = reader.read(received);
          if (response !== null) end(response);
        } catch (failure) {
          end(failure as Error);
        }
      };
      this.socket.on('data', onData).once('close', onClose);
      if (this.socket.destroyed) onClose();
      else this.socket.write(`${method} ${url} RTSP/1.0\r\n${head}\r\n`);
    });
  }

  /** Resolves when the camera has closed it, too: some count a connection for as long as they can. */
  async close(): Promise<void> {
    if (this.socket.destroyed) {
      return;
    }
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS);
    this.socket.resume().end();
    await closed;
    clearTimeout(timer);
  }
}
