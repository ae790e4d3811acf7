/**
 * Structured logs: one line per fact, JSON for machines or readable for people. Nothing of a request
 * but its method, path, status and id is logged: headers, queries and bodies hold credentials.
 */
import { type DynamicModule, Module } from '@nestjs/common';
import { Logger, LoggerModule, type Params, PinoLogger } from 'nestjs-pino';
import { type IncomingMessage, type ServerResponse } from 'node:http';

import { shownPath } from '../http/request-path.js';
import { traceIds } from '../tracing/trace-context.js';
import { loggedError } from './logged-error.js';
import { ProcessWarnings } from './process-warnings.js';

export interface LoggingSettings {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

@Module({ providers: [ProcessWarnings] })
class LoggingModule {}

export function loggerModule(settings: LoggingSettings): DynamicModule {
  return { module: LoggingModule, imports: [pinoModule(settings)] };
}

/** For the start, before there is a container: a database that is waited for must be heard of at once. */
export function earlyLogger(settings: LoggingSettings): Logger {
  const params = pinoParams(settings);
  return new Logger(new PinoLogger(params), params);
}

function pinoModule(settings: LoggingSettings): DynamicModule {
  return LoggerModule.forRoot(pinoParams(settings));
}

function pinoParams({ level, format }: LoggingSettings): Params {
  return {
    forRoutes: ['*path'],
    pinoHttp: {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      ...(format === 'pretty'
        ? { transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'context' } } }
        : {}),
      hooks: {
        logMethod(parameters, method, levelNumber) {
          if (levelNumber > INFO || !isBootNoise(parameters[0])) {
            method.apply(this, parameters);
          }
        },
      },
      quietReqLogger: true,
      mixin: () => traceIds(),
      customAttributeKeys: { reqId: 'requestId', responseTime: 'durationMs' },
      serializers: {
        req: (request: { method: string; url: string }) => ({
          method: request.method,
          path: shownPath(request.url),
        }),
        res: (response: { statusCode: number | null }) => ({ status: response.statusCode }),
        err: loggedError,
      },
      customLogLevel: levelOf,
      customSuccessMessage: messageOf,
      customErrorMessage: messageOf,
      customErrorObject: withoutError,
    },
  };
}

const INFO = 30;
/** Nest announces each module and route at every start; nobody acts on that. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

function isBootNoise(line: unknown): boolean {
  return BOOT_CONTEXTS.has(String((line as { context?: unknown } | undefined)?.context));
}

/**
 * Reads are silent: they would cost a third of the throughput and hide the rest, and while the
 * database is out there would be nothing else. So are probes. Why a request failed is said by a line
 * of its own, by whoever finds it first.
 */
function levelOf({ method }: IncomingMessage, { statusCode }: ServerResponse): 'info' | 'silent' {
  return method === 'GET' && statusCode !== 500 ? 'silent' : 'info';
}

/** Whoever answered with a 500 has said why, in a line of its own. */
function withoutError(_request: unknown, _response: unknown, _err: unknown, line: object): object {
  return { ...line, err: undefined };
}

function messageOf(_request: IncomingMessage, response: ServerResponse): string {
  return response.writableFinished ? 'request' : 'request, connection closed before the answer';
}
