/** Kubernetes' own schemas, as the package kubernetes-models has them compiled. */
import { type KubernetesObject } from './rendered.js';

interface Schema {
  readonly prototype: { validate(this: unknown): void };
}

/** What is wrong with one object: what the schema says, and each field that it does not know. */
export async function schemaFaults(object: KubernetesObject): Promise<string[]> {
  const { apiVersion, kind } = object;
  const module = (await import(`kubernetes-models/${apiVersion}`)) as Record<string, Schema>;
  const schema = module[kind];
  if (schema === undefined) return [`there is no ${kind} in ${apiVersion}`];
  const looked = new Set<string>();
  try {
    schema.prototype.validate.call(watched(object, '', looked));
  } catch (error) {
    return [String(error)];
  }
  return fieldsOf(object)
    .filter((field) => !looked.has(field))
    .map((field) => `${field} is unknown`);
}

/**
 * The schemas are open: a misspelt field passes, and is dropped by the cluster. But they look at
 * nothing that they do not know, so what nobody has looked at is misspelt.
 */
function watched<T extends object>(value: T, path: string, looked: Set<string>): T {
  return new Proxy(value, {
    get(target, name) {
      const field: unknown = Reflect.get(target, name);
      if (typeof name === 'symbol') return field;
      looked.add(`${path}/${name}`);
      return isObject(field) ? watched(field, `${path}/${name}`, looked) : field;
    },
  });
}

function fieldsOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => [
    `${path}/${name}`,
    ...(isObject(field) ? fieldsOf(field, `${path}/${name}`) : []),
  ]);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
