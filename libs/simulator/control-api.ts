/** One request through the simulated server: journal, faults, authentication, route, answer. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, answerOf, failure } from './answer.js';
import { type Credentials, refuseUnauthenticated } from './authentication.js';
import { type Exchange } from './exchange.js';
import { type Fault, Faults } from './faults.js';
import { garble } from './garble.js';
import { type ProcessState, type WriteManner } from './process-state.js';
import { readExchange } from './read-exchange.js';
import { RequestJournal, journalBody } from './request-journal.js';
import { type Route, routeOf } from './router.js';

export interface ControlApiOptions {
  readonly version: string;
  readonly applyDelayMs: number;
  readonly auth?: Credentials | undefined;
}

export class ControlApi {
  readonly faults = new Faults();
  readonly journal = new RequestJournal();

  constructor(
    private readonly options: ControlApiOptions,
    private readonly state: () => ProcessState,
  ) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = await readExchange(request);
    if (exchange === null) return;
    const route = routeOf(exchange.method, exchange.path, this.options.version);
    this.record(exchange, route);
    const fault = this.faults.take(exchange.method, exchange.target);
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'lost-answer':
        await this.answer(exchange, route, fault);
        request.socket.resetAndDestroy();
        return;
      default: {
        const answer = await this.answer(exchange, route, fault);
        if (fault?.kind === 'slow') await delay(fault.ms, undefined, { ref: false });
        send(response, garble(answer, fault));
      }
    }
  }

  private record(exchange: Exchange, route: Route): void {
    const { method, target, body } = exchange;
    const entry = { method, path: target, at: Date.now(), ...journalBody(body) };
    this.journal.record(entry, route.isPathWrite);
  }

  private async answer(exchange: Exchange, route: Route, fault: Fault | null): Promise<Answer> {
    if (fault?.kind === 'refuse') return failure(fault.status, fault.error ?? 'simulated fault');
    if (exchange.method === 'OPTIONS' && exchange.isPreflight) return PREFLIGHT;
    const refusal = refuseUnauthenticated(this.options.auth, exchange.authorization);
    if (refusal !== null) return refusal;
    const context = { exchange, name: route.name, manner: this.manner(fault) };
    return answerOf(() => route.handler(this.state(), context));
  }

  private manner(fault: Fault | null): WriteManner {
    const applyDelayMs = fault?.kind === 'late-apply' ? fault.ms : this.options.applyDelayMs;
    return { applyDelayMs, neverApply: fault?.kind === 'lie' };
  }
}

const PREFLIGHT: Answer = {
  status: 204,
  contentType: null,
  body: '',
  headers: {
    'Access-Control-Allow-Methods': 'OPTIONS, GET, POST, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  },
};

function send(response: ServerResponse, answer: Answer): void {
  const type = answer.contentType === null ? {} : { 'Content-Type': answer.contentType };
  const length = answer.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, {
    'Access-Control-Allow-Origin': '*',
    Server: 'mediamtx',
    ...type,
    ...length,
    ...answer.headers,
  });
  response.end(answer.body);
}
