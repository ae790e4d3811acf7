import { Injectable } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';

import { SourceProbe } from '../../domain/ports/source-probe.js';
import { Reason } from '../../domain/reason.js';
import { type SourceReport } from '../../domain/source-report.js';
import { type SourceUrl } from '../../domain/source-url.js';
import { type Probe, probeByConnecting, probeByName, probePlaylist } from './plain-probes.js';
import { failureOf } from './probe-failure.js';
import { ProbeLimits } from './probe-limits.js';
import { type ProbeTarget, targetOf } from './probe-target.js';
import { probeRtsp } from './rtsp-probe.js';

/** Too low: probes of many silent cameras wait for each other. Too high: a storm of its own. */
const MAX_PROBES = 8;

const PROBES: Readonly<Record<string, Probe>> = {
  rtsp: probeRtsp,
  rtsps: probeRtsp,
  rtmp: probeByConnecting,
  rtmps: probeByConnecting,
  whep: probeByConnecting,
  wheps: probeByConnecting,
  http: probePlaylist,
  https: probePlaylist,
  srt: probeByName,
};

@Injectable()
export class NetworkSourceProbe extends SourceProbe {
  private readonly all = pLimit(MAX_PROBES);
  private readonly byCamera = new Map<string, LimitFunction>();

  constructor(private readonly limits: ProbeLimits) {
    super();
  }

  override probe(source: SourceUrl, signal?: AbortSignal): Promise<SourceReport> {
    const target = targetOf(source);
    const camera = `${target.host}:${target.port}`;
    const turn = this.byCamera.get(camera) ?? pLimit(1);
    this.byCamera.set(camera, turn);
    // Its own turn first: probes that wait for one camera must not keep the others' places.
    return turn(() => this.all(() => this.ask(target, signal))).finally(() => {
      if (turn.activeCount + turn.pendingCount === 0) {
        this.byCamera.delete(camera);
      }
    });
  }

  private async ask(target: ProbeTarget, signal: AbortSignal | undefined): Promise<SourceReport> {
    if (signal?.aborted === true) {
      // Nobody waits for it any more: the camera is left alone.
      return { kind: 'failed', code: Reason.sourceTimeout };
    }
    try {
      const probe = PROBES[target.scheme] ?? probeByName;
      return await probe(target, this.limits, signal);
    } catch (err) {
      return { kind: 'failed', code: failureOf(err) };
    }
  }
}
