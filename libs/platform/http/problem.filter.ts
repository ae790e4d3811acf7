/** Turns whatever was thrown into one problem document, and logs once what is our fault. */
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';

import { AppError } from '#kernel/app-error.js';

import { IfMatchRequired } from './if-match.js';
import { MalformedInput } from './invalid-input.js';
import { type Fault, STATUS_OF_KIND, problemOf } from './problem.js';
import { shownPath } from './request-path.js';
import { Refusals } from './refusals.js';
import { RouteTable } from './route-table.js';

/** Long enough for a restart, short enough to notice the recovery. */
const RETRY_AFTER_S = 5;

/** What the framework refuses before our code is asked, by the status that it would answer. */
const REFUSALS: Readonly<Record<number, Fault>> = {
  400: {
    status: 400,
    code: 'request.malformed',
    detail:
      'The body is not valid JSON, has a key that is not allowed (__proto__, constructor.prototype), or is not as long as its content-length says.',
  },
  413: { status: 413, code: 'request.too_large', detail: 'The body is larger than 64 KiB.' },
  415: {
    status: 400,
    code: 'request.unsupported_media_type',
    detail: 'The content type is not supported; send application/json.',
  },
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly routes: RouteTable,
    private readonly refusals: Refusals,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const health = healthAnswer(thrown);
    if (health !== null) {
      reply.status(503).send(health);
      return;
    }
    const fault = this.faultOf(thrown, request);
    if (fault.status >= 500) {
      this.say(thrown, fault, request);
    }
    this.send(fault, request, reply);
  }

  send(fault: Fault, request: FastifyRequest, reply: FastifyReply): void {
    if (fault.status === 503) {
      reply.header('retry-after', RETRY_AFTER_S);
    }
    if (fault.status === 405) {
      reply.header('allow', this.routes.methodsOf(request.url).join(', '));
    }
    const body = JSON.stringify(problemOf(fault, request));
    reply.status(fault.status).type('application/problem+json').send(body);
  }

  faultOf(thrown: unknown, request: FastifyRequest): Fault {
    const allowed = isAstray(thrown, request) ? this.routes.methodsOf(request.url) : [];
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      return methodNotAllowed(request.method, allowed);
    }
    if (thrown instanceof AppError) {
      return ofApplication(thrown);
    }
    return request.is404 ? UNKNOWN_ROUTE : (ofFramework(thrown) ?? INTERNAL);
  }

  private say(err: unknown, { status, code }: Fault, { id, method, url }: FastifyRequest): void {
    const line = { err, status, code, requestId: id, method, path: shownPath(url) };
    if (status === 503) {
      this.refusals.refused(code, line);
    } else {
      this.logger.error(line, 'request failed');
    }
  }
}

const UNKNOWN_ROUTE: Fault = {
  status: 404,
  code: 'request.unknown_route',
  detail: 'There is nothing here. The API is described at /docs.',
};

/** `GET /streams/start` reaches the stream with the id `start`, which no stream has. */
function isAstray(thrown: unknown, { is404 }: FastifyRequest): boolean {
  return is404 || thrown instanceof MalformedInput || thrown instanceof IfMatchRequired;
}

function methodNotAllowed(method: string, allowed: readonly string[]): Fault {
  return {
    status: 405,
    code: 'request.method_not_allowed',
    detail: `${method} is not possible here; use ${allowed.join(' or ')}.`,
  };
}

const INTERNAL: Fault = {
  status: 500,
  code: 'internal',
  detail: 'Something went wrong on our side. Quote the requestId in a report.',
};

/** Terminus throws what it has to say; under /health that is the answer, and no problem document. */
function healthAnswer(thrown: unknown): object | null {
  const said = thrown instanceof ServiceUnavailableException ? thrown.getResponse() : null;
  return typeof said === 'object' && said !== null && 'details' in said ? said : null;
}

function ofApplication(error: AppError): Fault {
  return {
    status: error instanceof MalformedInput ? 400 : STATUS_OF_KIND[error.kind],
    code: error.code,
    detail: error.message,
    extensions: error.extensions,
  };
}

function ofFramework(thrown: unknown): Fault | null {
  if (thrown instanceof NotFoundException) {
    return UNKNOWN_ROUTE;
  }
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : (thrown as Partial<FastifyError> | null | undefined)?.statusCode;
  return REFUSALS[status ?? 500] ?? null;
}
