import { HttpService } from '@nestjs/axios';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { type Look, type PathLook } from '../../domain/look.js';
import { type NodeFacts } from '../../domain/node-hazards.js';
import {
  type ConfigAudit,
  MediaMtxClient,
  type NodeInfo,
  type PathSpec,
  type WriteOutcome,
} from '../../domain/ports/media-mtx-client.js';
import { type Answer, HttpCall } from '../http/http-call.js';
import { decodeConfiguredPaths, driftOf, hasCatchAll } from './configured-paths.js';
import { decodeInfo, decodePath, decodePathList, isErrorBody } from './media-mtx-answers.js';
import { MediaMtxSettings } from './media-mtx-settings.js';
import { decodeHasRecordCleaner, decodeHasUdpReadBufferSize } from './node-settings.js';
import { pathBody } from './path-body.js';

/** One page for all: each page would be a snapshot of its own, and no cap exists. */
const PAGE = 100_000;
const CONFIGURED_PATHS = `/v3/config/paths/list?itemsPerPage=${PAGE}`;

/** Speaks to the control API v3 of MediaMTX 1.16 or newer. */
@Injectable()
export class HttpMediaMtxClient extends MediaMtxClient implements OnApplicationShutdown {
  private readonly http: HttpCall;

  constructor(http: HttpService, settings: MediaMtxSettings) {
    super();
    this.http = new HttpCall(http, settings);
  }

  override async look(signal?: AbortSignal): Promise<Look> {
    const answer = await this.http.send({
      method: 'GET',
      path: `/v3/paths/list?itemsPerPage=${PAGE}`,
      signal,
    });
    if (answer.kind === 'failed' || answer.status !== 200) {
      return { kind: 'inconclusive', cause: causeOf(answer) };
    }
    const paths = decodePathList(answer.text);
    return paths === null
      ? { kind: 'inconclusive', cause: 'malformed list of paths' }
      : { kind: 'complete', paths };
  }

  override async lookAt(path: string, signal?: AbortSignal): Promise<PathLook> {
    const answer = await this.http.send({
      method: 'GET',
      path: `/v3/paths/get/${encodePath(path)}`,
      signal,
    });
    if (isNotFound(answer)) {
      return { kind: 'complete', sample: null };
    }
    if (answer.kind === 'failed' || answer.status !== 200) {
      return { kind: 'inconclusive', cause: causeOf(answer) };
    }
    const sample = decodePath(answer.text);
    return sample === null
      ? { kind: 'inconclusive', cause: 'malformed path' }
      : { kind: 'complete', sample };
  }

  override async replace(
    path: string,
    spec: PathSpec,
    signal?: AbortSignal,
  ): Promise<WriteOutcome> {
    const answer = await this.http.send({
      method: 'POST',
      path: `/v3/config/paths/replace/${encodePath(path)}`,
      body: pathBody(spec),
      signal,
    });
    return outcomeOf(answer);
  }

  override async remove(path: string, signal?: AbortSignal): Promise<WriteOutcome> {
    const answer = await this.http.send({
      method: 'DELETE',
      path: `/v3/config/paths/delete/${encodePath(path)}`,
      signal,
    });
    return isNotFound(answer) ? { kind: 'accepted' } : outcomeOf(answer);
  }

  override async info(signal?: AbortSignal): Promise<NodeInfo | null> {
    const text = await this.text('/v3/info', signal);
    return text === null ? null : decodeInfo(text);
  }

  override async auditConfig(
    wanted: ReadonlyMap<string, PathSpec>,
    signal?: AbortSignal,
  ): Promise<ConfigAudit> {
    const answer = await this.http.send({ method: 'GET', path: CONFIGURED_PATHS, signal });
    if (answer.kind === 'failed' || answer.status !== 200) {
      return { kind: 'inconclusive', cause: causeOf(answer) };
    }
    const configured = decodeConfiguredPaths(answer.text);
    return configured === null
      ? { kind: 'inconclusive', cause: 'malformed list of configured paths' }
      : { kind: 'complete', drifted: driftOf(configured, wanted) };
  }

  override async inspect(ownPath: string, signal?: AbortSignal): Promise<NodeFacts | null> {
    // At once: one after the other, a node that hangs would cost four deadlines.
    const [info, globals, defaults, paths] = await Promise.all([
      this.http.send({ method: 'GET', path: '/v3/info', signal }),
      this.text('/v3/config/global/get', signal),
      this.text('/v3/config/pathdefaults/get', signal),
      this.text(CONFIGURED_PATHS, signal),
    ]);
    const hasUdpReadBufferSize = globals === null ? null : decodeHasUdpReadBufferSize(globals);
    const hasRecordCleaner = defaults === null ? null : decodeHasRecordCleaner(defaults);
    const configured = paths === null ? null : decodeConfiguredPaths(paths);
    if (hasUdpReadBufferSize === null || hasRecordCleaner === null || configured === null) {
      return null;
    }
    const process = infoOf(info);
    if (process === null) {
      return null;
    }
    return {
      ...process,
      hasUdpReadBufferSize,
      hasRecordCleaner,
      hasCatchAllPath: hasCatchAll(configured, ownPath),
    };
  }

  private async text(path: string, signal: AbortSignal | undefined): Promise<string | null> {
    const answer = await this.http.send({ method: 'GET', path, signal });
    return answer.kind === 'answered' && answer.status === 200 ? answer.text : null;
  }

  onApplicationShutdown(): void {
    this.http.close();
  }
}

/** Before 1.15.2 there was no such call: who answers the rest and not this is that old. */
function infoOf(answer: Answer): Pick<NodeFacts, 'version' | 'started'> | null {
  if (answer.kind === 'failed') {
    return null;
  }
  return answer.status === 404 ? { version: null, started: null } : decodeInfo(answer.text);
}

/** MediaMTX's own 404 is JSON; anything else, such as a proxy or an API without v3, says nothing. */
function isNotFound(answer: Answer): boolean {
  return answer.kind === 'answered' && answer.status === 404 && isErrorBody(answer.text);
}

function outcomeOf(answer: Answer): WriteOutcome {
  if (answer.kind === 'answered' && answer.status === 200) {
    // Before 1.15.5 the body is empty; its text says nothing that the status does not.
    return { kind: 'accepted' };
  }
  if (answer.kind === 'answered' && answer.status === 400) {
    return { kind: 'rejected', cause: 'HTTP 400: the node refuses the configuration' };
  }
  return { kind: 'unknown', cause: causeOf(answer) };
}

/** Never the text of the answer: it may quote a source with its password. */
function causeOf(answer: Answer): string {
  if (answer.kind === 'failed') {
    return answer.failure;
  }
  return answer.status === 401 || answer.status === 403
    ? `HTTP ${answer.status}: the node refuses the API credentials (MEDIAMTX_API_USER, MEDIAMTX_API_PASSWORD)`
    : `HTTP ${answer.status}`;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
