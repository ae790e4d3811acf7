/** One MediaMTX node, as it is configured. */
export interface NodeConfig {
  readonly id: string;
  readonly apiUrl: string;
  /** Where its agent listens; null: it has none. */
  readonly agentUrl: string | null;
  /** Where its viewers reach it. */
  readonly playback: { readonly hls: string; readonly webrtc: string; readonly rtsp: string };
  /** How many paths it may be given; null: without a limit. */
  readonly capacity: number | null;
}
