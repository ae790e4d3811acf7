import { type Answer, json, ok } from './answer.js';
import { decodePath } from './decode-path.js';
import { type HandlerContext } from './exchange.js';
import { decodeGlobals } from './decode-globals.js';
import { type ConfiguredPath, type PathBody } from './path-body.js';
import { paginate } from './pagination.js';
import { type Change, type ProcessState } from './process-state.js';
import { invalid, notFound } from './refusal.js';

type Handler = (state: ProcessState, context: HandlerContext) => Answer | Promise<Answer>;

const REDACTED: readonly string[] = ['publishPass', 'readPass'];

function shown(values: PathBody): PathBody {
  const copy = { ...values };
  for (const field of REDACTED) {
    if (copy[field] !== undefined && copy[field] !== '') copy[field] = '<redacted>';
  }
  return copy;
}

function nameOf(context: HandlerContext): string {
  if (context.name === '') throw invalid('invalid name');
  return context.name;
}

function bodyOf({ exchange }: HandlerContext): string {
  if (exchange.body === null) throw invalid('size exceeds maximum allowed');
  return exchange.body;
}

const writing =
  (changeOf: (context: HandlerContext) => Change): Handler =>
  async (state, context) => {
    await state.write(changeOf(context), context.manner);
    return ok();
  };

export const listConfigurations: Handler = (state, { exchange }) => {
  const byName = (a: ConfiguredPath, b: ConfiguredPath): number => (a.name < b.name ? -1 : 1);
  const page = paginate([...state.paths.values()].sort(byName), exchange.query);
  const items = (page.items as readonly ConfiguredPath[]).map((path) => shown(path.values));
  return json(200, { ...page, items });
};

export const getConfiguration: Handler = (state, context) => {
  const path = state.paths.get(nameOf(context));
  if (path === undefined) throw notFound('path configuration not found');
  return json(200, shown(path.values));
};

export const addPath = writing((context) => {
  const name = nameOf(context);
  const body = decodePath(bodyOf(context));
  return (configuration) => configuration.withAdded(name, body);
});

export const replacePath = writing((context) => {
  const name = nameOf(context);
  const body = decodePath(bodyOf(context));
  return (configuration) => configuration.withReplaced(name, body);
});

export const patchPath = writing((context) => {
  const name = nameOf(context);
  const body = decodePath(bodyOf(context));
  return (configuration) => configuration.withPatched(name, body);
});

export const deletePath = writing((context) => {
  const name = nameOf(context);
  return (configuration) => configuration.withRemoved(name);
});

export const getDefaults: Handler = (state) => json(200, shown(state.configuration.defaults));

export const patchDefaults = writing((context) => {
  const body = decodePath(bodyOf(context));
  return (configuration) => configuration.withDefaults(body);
});

export const getGlobals: Handler = (state) => json(200, state.configuration.globals);

export const patchGlobals = writing((context) => {
  const patch = decodeGlobals(bodyOf(context));
  return (configuration) => configuration.withGlobals(patch);
});
