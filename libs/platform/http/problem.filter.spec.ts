import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, BadRequestException } from '@nestjs/common';
import { fastify } from 'fastify';

import { AppError, type AppErrorKind } from '#kernel/app-error.js';
import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { type LogLine, silentLogs } from '#test/support/streaming/silent-logs.js';

import { IfMatchRequired } from './if-match.js';
import { InvalidInput, MalformedInput } from './invalid-input.js';
import { problemSchema } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { Refusals } from './refusals.js';
import { RouteTable } from './route-table.js';

class Failure extends AppError {
  constructor(kind: AppErrorKind) {
    super(kind, 'thing.failed', 'It failed.', {
      cause: new Error('hunter2'),
      extensions: { activeStreamId: '0198c0de-0000-7000-8000-000000000001' },
    });
  }
}

/** What was answered: the part of a reply that the filter writes to. */
class Answer {
  code = 0;
  body = '';
  readonly headers = new Map<string, unknown>();

  status(code: number): this {
    this.code = code;
    return this;
  }

  header(name: string, value: unknown): this {
    this.headers.set(name, value);
    return this;
  }

  type(value: string): this {
    return this.header('content-type', value);
  }

  send(body: string): void {
    this.body = body;
  }

  get problem(): Record<string, unknown> {
    return JSON.parse(this.body) as Record<string, unknown>;
  }
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly id: string;
  readonly is404: boolean;
}

let logs: LogLine[] = [];
let filter: ProblemFilter;

beforeEach(() => {
  logs = silentLogs();
  const routes = new RouteTable();
  const server = fastify({ exposeHeadRoutes: false });
  routes.observe(server);
  server.get('/things/:id', () => null);
  server.post('/things/start', () => null);
  filter = new ProblemFilter(routes, new Refusals(new FakeClock()));
});

function answerTo(thrown: unknown, given: Partial<Request> = {}): Answer {
  const request: Request = {
    method: 'GET',
    url: '/things/7?token=hunter2',
    id: 'request-1',
    is404: false,
    ...given,
  };
  const answer = new Answer();
  const http = { getRequest: () => request, getResponse: () => answer };
  filter.catch(thrown, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return answer;
}

describe('ProblemFilter', () => {
  it.each<[AppErrorKind, number]>([
    ['invalid', 422],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['precondition_failed', 412],
    ['precondition_required', 428],
    ['unavailable', 503],
    ['internal', 500],
  ])('answers what is %s with a %i and a whole problem document', (kind, status) => {
    const answer = answerTo(new Failure(kind));
    expect(answer.code).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(answer.problem)).toEqual({
      type: 'urn:vigia:problem:thing.failed',
      title: expect.stringMatching(/^(?!Error$).+/),
      status,
      detail: 'It failed.',
      instance: '/things/7',
      code: 'thing.failed',
      requestId: 'request-1',
      activeStreamId: '0198c0de-0000-7000-8000-000000000001',
    });
  });

  it('calls what cannot be read a 400, and what holds wrong values a 422', () => {
    const malformed = answerTo(new MalformedInput('request.malformed_id', 'x', 'id'));
    expect(malformed.problem).toMatchObject({
      status: 400,
      code: 'request.malformed_id',
      errors: [{ pointer: 'id', message: 'x' }],
    });
    const invalid = answerTo(new InvalidInput([{ pointer: '/a', message: 'y' }]));
    expect(invalid.problem).toMatchObject({ status: 422, errors: [{ pointer: '/a' }] });
  });

  it('says when to try again while something is unavailable, and only then', () => {
    expect(answerTo(new Failure('unavailable')).headers.get('retry-after')).toBe(5);
    expect(answerTo(new Failure('conflict')).headers.has('retry-after')).toBe(false);
  });

  it.each([new Error('hunter2'), 'hunter2', 7, null, undefined])(
    'answers %p with a 500 that tells nothing of it',
    (thrown) => {
      const answer = answerTo(thrown);
      expect(answer.problem).toMatchObject({ status: 500, code: 'internal' });
      expect(answer.body).not.toContain('hunter2');
    },
  );

  it('logs once what is our fault, with what belongs to it, and nothing of the query', () => {
    const thrown = new Error('broken');
    answerTo(thrown);
    expect(logs).toEqual([
      {
        level: 'error',
        context: 'Http',
        sentence: 'request failed',
        fields: {
          err: thrown,
          status: 500,
          code: 'internal',
          requestId: 'request-1',
          method: 'GET',
          path: '/things/7',
        },
      },
    ]);
  });

  it('warns of what is unavailable, and does not log what is the fault of the caller', () => {
    answerTo(new Failure('unavailable'));
    answerTo(new Failure('conflict'));
    answerTo(new BadRequestException());
    expect(logs.map(({ level }) => level)).toEqual(['warn']);
  });

  it.each([
    [400, 400, 'request.malformed'],
    [413, 413, 'request.too_large'],
    [415, 400, 'request.unsupported_media_type'],
  ])('names what the framework refused with a %i', (statusCode, status, code) => {
    const thrown = Object.assign(new Error('Unexpected token h in "hunter2"'), { statusCode });
    const answer = answerTo(thrown);
    expect(answer.problem).toMatchObject({ status, code });
    expect(answer.body).not.toContain('hunter2');
  });

  it('tells an unknown route from a wrong method, and says which are right', () => {
    const unknown = answerTo(new Error('not found'), { url: '/nothing', is404: true });
    expect(unknown.problem).toMatchObject({ status: 404, code: 'request.unknown_route' });
    const wrong = answerTo(new Error('not found'), { method: 'DELETE', is404: true });
    expect(wrong.problem).toMatchObject({ status: 405, code: 'request.method_not_allowed' });
    expect(wrong.headers.get('allow')).toBe('GET');
  });

  it.each([
    ['refuses it', new MalformedInput('request.malformed_id', 'must be a UUID', 'id')],
    ['wants an If-Match', new IfMatchRequired()],
  ])('calls a wrong method wrong also where the route of an id %s', (_, thrown) => {
    const answer = answerTo(thrown, { url: '/things/start' });
    expect(answer.problem).toMatchObject({ status: 405, code: 'request.method_not_allowed' });
    expect(answer.headers.get('allow')).toBe('POST');
  });
});
