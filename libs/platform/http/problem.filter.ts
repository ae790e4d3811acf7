/** Turns whatever was thrown into one problem document, and logs once what is our fault. */
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';

import { AppError } from '#kernel/app-error.js';

import { MalformedInput } from './invalid-input.js';
import { type Fault, STATUS_OF_KIND, problemOf } from './problem.js';
import { RouteTable } from './route-table.js';

/** Long enough for a restart, short enough to notice the recovery. */
const RETRY_AFTER_S = 5;

/** What the framework refuses before our code is asked, by the status that it would answer. */
const REFUSALS: Readonly<Record<number, Fault>> = {
  400: {
    status: 400,
    code: 'request.malformed',
    detail: 'The body is not valid JSON, or is not as long as its content-length says.',
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

  constructor(private readonly routes: RouteTable) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
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
    if (thrown instanceof AppError) {
      return {
        status: thrown instanceof MalformedInput ? 400 : STATUS_OF_KIND[thrown.kind],
        code: thrown.code,
        detail: thrown.message,
        extensions: thrown.extensions,
      };
    }
    if (request.is404) {
      return this.unknownRoute(request);
    }
    return ofFramework(thrown) ?? INTERNAL;
  }

  private unknownRoute({ method, url }: FastifyRequest): Fault {
    const allowed = this.routes.methodsOf(url);
    return allowed.length === 0
      ? {
          status: 404,
          code: 'request.unknown_route',
          detail: 'There is nothing here. The API is described at /docs.',
        }
      : {
          status: 405,
          code: 'request.method_not_allowed',
          detail: `${method} is not possible here; use ${allowed.join(' or ')}.`,
        };
  }

  private say(err: unknown, { status, code }: Fault, { id, method, url }: FastifyRequest): void {
    const line = { err, status, code, requestId: id, method, path: url.split('?', 1)[0] };
    if (status === 503) {
      this.logger.warn(line, 'request refused for now');
    } else {
      this.logger.error(line, 'request failed');
    }
  }
}

const INTERNAL: Fault = {
  status: 500,
  code: 'internal',
  detail: 'Something went wrong on our side. Quote the requestId in a report.',
};

function ofFramework(thrown: unknown): Fault | null {
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : (thrown as Partial<FastifyError>).statusCode;
  return REFUSALS[status ?? 500] ?? null;
}
