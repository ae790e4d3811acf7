/**
 * Somebody at the node itself: sees what is there and changes it by hand, past every fault that the
 * replicas meet.
 */
import { type ApiAnswer, ControlApi, type Json } from '#test/support/mediamtx/control-api.js';

/** Marks the calls that no fault may hit; the real server ignores it. */
const MARK = 'by=hand';
/** A fault that leaves calls by hand alone. */
export const NOT_BY_HAND = `(?!.*[?&]${MARK})`;

/** Too low: a busy machine looks like a dead node. Too high: a frozen one stalls the story. */
const LOOK_TIMEOUT_MS = 1_500;
/** A write waits its turn behind those of the replicas, which faults make slow. */
const WRITE_TIMEOUT_MS = 15_000;

export interface SeenPath {
  readonly name: string;
  readonly confName: string;
  readonly available: boolean;
  readonly availableTime: string | null;
  readonly inboundBytes: number;
}

export class Hand {
  private readonly api: ControlApi;

  constructor(url: () => string) {
    this.api = new ControlApi(url);
  }

  async paths(): Promise<SeenPath[]> {
    return (await this.list('/v3/paths/list')) as unknown as SeenPath[];
  }

  /** The effective configurations by name. */
  async configurations(): Promise<Map<string, Json>> {
    const items = await this.list('/v3/config/paths/list');
    return new Map(items.map((item) => [String(item['name']), item]));
  }

  replace = (name: string, body: Json): Promise<ApiAnswer> =>
    this.call('POST', `/v3/config/paths/replace/${name}`, body);

  patch = (name: string, body: Json): Promise<ApiAnswer> =>
    this.call('PATCH', `/v3/config/paths/patch/${name}`, body);

  remove = (name: string): Promise<ApiAnswer> =>
    this.call('DELETE', `/v3/config/paths/delete/${name}`);

  private async list(path: string): Promise<Json[]> {
    const answer = await this.call('GET', path);
    return answer.json['items'] as Json[];
  }

  private call(method: string, path: string, body?: Json): Promise<ApiAnswer> {
    return this.api.call(method, `${path}?itemsPerPage=100000&${MARK}`, {
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(method === 'GET' ? LOOK_TIMEOUT_MS : WRITE_TIMEOUT_MS),
    });
  }
}
