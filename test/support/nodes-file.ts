/** A file for NODES_FILE, and the environment that goes with it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

export interface NodeEntry {
  readonly id: string;
  readonly apiUrl: string;
  readonly capacity?: number;
}

export class NodesFile {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'vigia-nodes-'));

  constructor(entries: readonly NodeEntry[]) {
    this.write(entries);
  }

  /** An empty value counts as none: the file says where the nodes are. */
  get env(): Readonly<Record<string, string>> {
    return { NODES_FILE: path.join(this.folder, 'nodes.yml'), MEDIAMTX_API_URL: '' };
  }

  /** Playback is told by name: `http://<id>.example`. */
  write(entries: readonly NodeEntry[]): void {
    const nodes = entries.map((entry) => ({
      ...entry,
      playback: {
        hls: `http://${entry.id}.example:8888`,
        webrtc: `http://${entry.id}.example:8889`,
        rtsp: `rtsp://${entry.id}.example:8554`,
      },
    }));
    writeFileSync(path.join(this.folder, 'nodes.yml'), stringify({ nodes }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
