import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { type StandardSchemaV1 } from '@standard-schema/spec';

import { AppError } from '#kernel/app-error.js';

import { type SchemaIssue, keysOf, messageOf } from './schema-issue.js';

export interface InvalidValue {
  /** JSON Pointer into the body, or the name of a parameter. */
  readonly pointer: string;
  readonly message: string;
}

/** It was read, and a value in it is wrong. */
export class InvalidInput extends AppError {
  constructor(errors: readonly InvalidValue[]) {
    super('invalid', 'request.invalid', 'The request holds invalid values; see errors.', {
      extensions: { errors },
    });
  }
}

/** It cannot even be read: 400 and not 422. */
export class MalformedInput extends AppError {
  constructor(code: string, detail: string, pointer?: string) {
    super('invalid', code, detail, {
      extensions: pointer === undefined ? {} : { errors: [{ pointer, message: detail }] },
    });
  }
}

/** More would only repeat the same mistake, and an answer must stay small. */
const MAX_ERRORS = 50;
/** A name that was never ours may be as long as a body. */
const MAX_POINTER_CHARS = 256;

/** Checks each parameter against its schema and says all faults at once. */
export class InputPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ transform: true });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema } = metadata as { schema?: StandardSchemaV1<unknown, T> };
    if (schema === undefined) {
      return value;
    }
    if (metadata.type === 'body' && value === undefined) {
      throw new MalformedInput(
        'request.missing_body',
        'There is no body; send a JSON object with the content type application/json.',
      );
    }
    if (metadata.type !== 'param') {
      // All are checked at once and the first fault counts: that of the address, whatever is sent there.
      await Promise.resolve();
    }
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) {
      return result.value;
    }
    throw refusal(result.issues, value, metadata);
  }
}

function refusal(
  issues: readonly SchemaIssue[],
  value: unknown,
  { type, data }: ArgumentMetadata,
): AppError {
  if (type === 'param') {
    const problem = issues[0]?.message ?? 'malformed';
    return new MalformedInput(`request.malformed_${data ?? 'path'}`, problem, data);
  }
  const pointerOf = type === 'query' ? parameterName : jsonPointer;
  const errors = issues.flatMap((issue) => {
    const message = messageOf(issue, value);
    return keysOf(issue).map((keys) => ({
      pointer: pointerOf(keys).slice(0, MAX_POINTER_CHARS),
      message,
    }));
  });
  return new InvalidInput(errors.slice(0, MAX_ERRORS));
}

function jsonPointer(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function parameterName([name = '']: readonly string[]): string {
  return name;
}
