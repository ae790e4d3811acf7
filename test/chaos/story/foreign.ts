/** Paths that are not ours: what somebody put there by hand must be found as it was. */
import { type Json } from '#test/support/mediamtx/control-api.js';

export class Foreign {
  private byHand = new Map<string, Json>();

  constructor(private readonly inFile: Readonly<Record<string, Json>>) {}

  added(name: string, body: Json): void {
    this.byHand.set(name, body);
  }

  removed(name: string): void {
    this.byHand.delete(name);
  }

  /** What came by API is lost when the process ends, and when its file is read again. */
  forgotten(): void {
    this.byHand = new Map();
  }

  get expected(): ReadonlyMap<string, Json> {
    return new Map([...Object.entries(this.inFile), ...this.byHand]);
  }

  get names(): readonly string[] {
    return [...this.byHand.keys()];
  }
}
