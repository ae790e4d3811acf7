/**
 * Structured logs: one line per fact, JSON for machines or readable for people. Nothing of a request
 * but its method, path and id is logged: headers and bodies hold credentials.
 */
import { type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { type IncomingMessage, type ServerResponse } from 'node:http';

export interface LoggingSettings {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

export function loggerModule({ level, format }: LoggingSettings): DynamicModule {
  return LoggerModule.forRoot({
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
      customAttributeKeys: { reqId: 'requestId' },
      serializers: {
        req: (request: { method: string; url: string }) => ({
          method: request.method,
          path: request.url.split('?', 1)[0],
        }),
        res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      },
      customLogLevel: levelOf,
      customSuccessMessage: () => 'request',
      customErrorMessage: () => 'request failed',
    },
  });
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

/** Reads that went well are silent: they would cost a third of the throughput and hide the rest. */
function levelOf(request: IncomingMessage, response: ServerResponse): 'info' | 'warn' | 'silent' {
  if (response.statusCode >= 500) {
    return 'warn';
  }
  return request.method === 'GET' ? 'silent' : 'info';
}
