/**
 * What one path of the fake node shows of its camera: bytes grow with the clock while it is live,
 * and each connection has an `availableTime` and a counter of its own.
 */
import { type Clock } from '#kernel/clock.js';
import { type PathSample } from '#streaming/domain/look.js';

/** `frozen`: connected, and nothing comes any more. `silent`: no connection at all. */
export type CameraMode = 'live' | 'frozen' | 'silent';

const BYTES_PER_MS = 100;

type Connection = Pick<PathSample, 'available' | 'availableTime' | 'inboundBytes'>;
const NONE: Connection = { available: false, availableTime: null, inboundBytes: 0 };

export class FakeCamera {
  private mode: CameraMode = 'silent';
  private availableTime = '';
  private bytes = 0;
  private sinceMs = 0;

  /** @param nextTime names the next connection of the node; never the same twice */
  constructor(
    private readonly clock: Clock,
    private readonly nextTime: () => string,
  ) {}

  turn(mode: CameraMode): void {
    this.bytes = this.show().inboundBytes;
    this.sinceMs = this.clock.monotonicMs();
    if (mode === 'live' && this.mode === 'silent') {
      this.connect();
    }
    this.mode = mode;
  }

  /** A blip: the connection ends and another one begins at once. */
  reconnect(): void {
    this.turn('silent');
    this.turn('live');
  }

  show(): Connection {
    if (this.mode === 'silent') {
      return NONE;
    }
    const flowingMs = this.mode === 'live' ? this.clock.monotonicMs() - this.sinceMs : 0;
    return {
      available: true,
      availableTime: this.availableTime,
      inboundBytes: this.bytes + flowingMs * BYTES_PER_MS,
    };
  }

  private connect(): void {
    this.availableTime = this.nextTime();
    this.bytes = 0;
  }
}
