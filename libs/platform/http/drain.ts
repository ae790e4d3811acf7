import { Injectable } from '@nestjs/common';

/** Tells the whole process that it is about to end: no new waiting, not ready any more. */
@Injectable()
export class Drain {
  private readonly controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isDraining(): boolean {
    return this.controller.signal.aborted;
  }

  begin(): void {
    this.controller.abort();
  }
}
