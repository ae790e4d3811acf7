/**
 * Holds answers against what the document says of them. Stricter than the document: a field that
 * nobody declared fails here, while clients are told to accept new ones.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** A CommonJS default export, which TypeScript and Node see differently. */
const addFormats = formats as unknown as (ajv: Ajv2020) => void;

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly example?: unknown;
}

interface Media {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, Media>> }>
  >;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

const DOCUMENT = 'document';

export class OpenApiContract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly checked = new Set<string>();

  constructor(private readonly document: OpenApiDocument) {
    addFormats(this.ajv);
    this.ajv.addSchema(closed(document) as object, DOCUMENT);
  }

  /** Every operation with every status that it declares, as `startStream 201`. */
  get declared(): string[] {
    return this.operations()
      .flatMap(({ operation }) =>
        Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
      )
      .sort();
  }

  /** Those of which an answer has passed. */
  get covered(): string[] {
    return [...this.checked].sort();
  }

  operations(): { path: string; method: string; operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
  }

  /** @throws what is wrong with an answer: its status, its type, or its body */
  check({ method, url, status, contentType, body }: Exchange): void {
    const { path, operation } = this.operationOf(method, url);
    const response = operation.responses[String(status)];
    if (response === undefined) {
      throw new Error(`${operation.operationId} does not declare ${status}`);
    }
    const type = contentType?.split(';', 1)[0] ?? 'none';
    if (response.content[type] === undefined) {
      throw new Error(`${operation.operationId} ${status} does not declare ${type}`);
    }
    const where = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
      'schema',
    ];
    this.validate(where, body, `${operation.operationId} ${status}`);
    this.checked.add(`${operation.operationId} ${status}`);
  }

  /** @param pointer its keys from the root of the document to a schema */
  validate(pointer: readonly string[], value: unknown, what: string): void {
    const keys = pointer.map((key) =>
      encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = this.ajv.compile({ $ref: `${DOCUMENT}#/${keys.join('/')}` });
    if (!validate(value)) {
      throw new Error(
        `${what}: ${this.ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`,
      );
    }
  }

  private operationOf(method: string, url: string): { path: string; operation: Operation } {
    const asked = url.split('?', 1)[0] ?? '';
    const candidates = this.operations().filter(
      (each) =>
        each.method === method.toLowerCase() &&
        new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(asked),
    );
    const found = candidates.find(({ path }) => path === asked) ?? candidates[0];
    if (found === undefined) throw new Error(`there is no operation ${method} ${asked}`);
    return found;
  }
}

/** An object schema that says which fields it has, has no others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, closed(child)]),
  );
  const isOpen = 'properties' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
