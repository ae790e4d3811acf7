import { type Answer, json, noRoute, ok } from './answer.js';
import * as config from './config-routes.js';
import { type HandlerContext } from './exchange.js';
import { paginate } from './pagination.js';
import { type ProcessState } from './process-state.js';
import * as runtime from './runtime-routes.js';

export type Handler = (state: ProcessState, context: HandlerContext) => Answer | Promise<Answer>;

export interface Route {
  readonly handler: Handler;
  readonly name: string;
  /** One of the calls that change the configuration of a path. */
  readonly isPathWrite: boolean;
}

const emptyList: Handler = (_state, { exchange }) => json(200, paginate([], exchange.query));

/** RTSP is switched on and HLS, WebRTC, RTMP, SRT and MoQ are off: their routes do not exist. */
const EXACT: Readonly<Record<string, Handler>> = {
  'POST /v3/auth/jwks/refresh': () => ok(),
  'GET /v3/config/global/get': config.getGlobals,
  'PATCH /v3/config/global/patch': config.patchGlobals,
  'GET /v3/config/pathdefaults/get': config.getDefaults,
  'PATCH /v3/config/pathdefaults/patch': config.patchDefaults,
  'GET /v3/config/paths/list': config.listConfigurations,
  'GET /v3/paths/list': runtime.listPaths,
  'GET /v3/rtspconns/list': emptyList,
  'GET /v3/rtspsessions/list': emptyList,
};

/** The rest of the URL is the name of a path, slashes included. */
const NAMED: Readonly<Record<string, Handler>> = {
  'GET /v3/config/paths/get/': config.getConfiguration,
  'POST /v3/config/paths/add/': config.addPath,
  'PATCH /v3/config/paths/patch/': config.patchPath,
  'POST /v3/config/paths/replace/': config.replacePath,
  'DELETE /v3/config/paths/delete/': config.deletePath,
  'GET /v3/paths/get/': runtime.getPath,
};

const PATH_WRITE = /^[A-Z]+ \/v3\/config\/paths\/(add|patch|replace|delete)\//;

export function routeOf(method: string, path: string, version: string): Route {
  const key = `${method} ${path}`;
  const isPathWrite = PATH_WRITE.test(key);
  if (key === 'GET /v3/info') return { handler: info(version), name: '', isPathWrite };
  const exact = EXACT[key];
  if (exact !== undefined) return { handler: exact, name: '', isPathWrite };
  for (const [prefix, handler] of Object.entries(NAMED)) {
    if (key.startsWith(prefix)) return { handler, name: key.slice(prefix.length), isPathWrite };
  }
  return { handler: redirectOrNothing(method, path), name: '', isPathWrite };
}

const info =
  (version: string): Handler =>
  (state) =>
    json(200, { version, started: state.started });

/** One slash too many, or one missing before the name, is answered with a redirect. */
function redirectOrNothing(method: string, path: string): Handler {
  const target = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  const exists = `${method} ${target}` in EXACT || `${method} ${target}` in NAMED;
  if (!exists && `${method} ${target}` !== 'GET /v3/info') return noRoute;
  if (method !== 'GET') {
    return () => ({ status: 307, contentType: null, body: '', headers: { Location: target } });
  }
  return () => ({
    status: 301,
    contentType: 'text/html; charset=utf-8',
    body: `<a href="${target}">Moved Permanently</a>.\n\n`,
    headers: { Location: target },
  });
}
