import { Injectable } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';

import { withAnySignal } from '#platform/any-signal.js';

import { type Asking, ProbeAborted, SourceProbe } from '../../domain/ports/source-probe.js';
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
/** Too low: reasons grow old. Too high: first questions wait behind cameras that are off for days. */
const MAX_PATIENT_PROBES = 4;

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
  private readonly patient = pLimit(MAX_PATIENT_PROBES);
  private readonly byCamera = new Map<string, LimitFunction>();

  constructor(private readonly limits: ProbeLimits) {
    super();
  }

  override probe(source: SourceUrl, asking: Asking = {}): Promise<SourceReport> {
    const target = targetOf(source);
    const camera = `${target.host}:${target.port}`;
    const turn = this.byCamera.get(camera) ?? pLimit(1);
    this.byCamera.set(camera, turn);
    const ask = (): Promise<SourceReport> => this.all(() => this.ask(target, asking));
    // Its own turn first: probes that wait for one camera must not keep the others' places.
    return turn(() => (asking.isPatient === true ? this.patient(ask) : ask())).finally(() => {
      if (turn.activeCount + turn.pendingCount === 0) {
        this.byCamera.delete(camera);
      }
    });
  }

  private async ask(target: ProbeTarget, asking: Asking): Promise<SourceReport> {
    if (isOver(asking)) {
      throw new ProbeAborted();
    }
    const { signal } = asking;
    const deadline = AbortSignal.timeout(this.limits.wholeMs);
    const sources = signal === undefined ? [deadline] : [deadline, signal];
    try {
      const probe = PROBES[target.scheme] ?? probeByName;
      return await withAnySignal(sources, (ending) => probe(target, this.limits, ending));
    } catch (err) {
      if (signal?.aborted === true) {
        throw new ProbeAborted();
      }
      return { kind: 'failed', code: deadline.aborted ? Reason.sourceTimeout : failureOf(err) };
    }
  }
}

/** Nobody waits for it any more: the camera is left alone. */
function isOver({ signal, isStillDue }: Asking): boolean {
  return signal?.aborted === true || isStillDue?.() === false;
}
