/** How to reach the control API of one MediaMTX. */
export abstract class MediaMtxSettings {
  abstract readonly apiUrl: string;
  abstract readonly credentials: { readonly username: string; readonly password: string } | null;
  /** Deadline of each call, in ms. */
  abstract readonly timeoutMs: number;
}
