/** A counter that grows with the clock while its rate is above zero. */
export class ByteCounter {
  private settled = 0;
  private since = 0;
  private ratePerMs = 0;

  setRate(ratePerMs: number, at: number): void {
    this.settled = this.exactly(at);
    this.since = at;
    this.ratePerMs = ratePerMs;
  }

  at(instant: number): number {
    return Math.floor(this.exactly(instant));
  }

  private exactly(instant: number): number {
    return this.settled + Math.max(0, instant - this.since) * this.ratePerMs;
  }
}
