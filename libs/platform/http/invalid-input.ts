import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { type StandardSchemaV1 } from '@standard-schema/spec';

import { AppError } from '#kernel/app-error.js';

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
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) {
      return result.value;
    }
    if (metadata.type === 'param') {
      throw new MalformedInput(
        `request.malformed_${metadata.data ?? 'path'}`,
        result.issues[0]?.message ?? 'malformed',
        metadata.data,
      );
    }
    throw new InvalidInput(result.issues.flatMap(toInvalidValues).slice(0, MAX_ERRORS));
  }
}

/** What zod says beyond the standard: which keys are unknown, and why a key is invalid. */
interface ZodIssue extends StandardSchemaV1.Issue {
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly StandardSchemaV1.Issue[];
}

function toInvalidValues(issue: ZodIssue): InvalidValue[] {
  const pointer = pointerOf(issue.path ?? []);
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
    return issue.keys.map((key) => ({
      pointer: `${pointer}${pointerOf([key])}`,
      message: 'is not a known field',
    }));
  }
  const message = issue.code === 'invalid_key' ? issue.issues?.[0]?.message : undefined;
  return [{ pointer, message: message ?? issue.message }];
}

function pointerOf(path: NonNullable<StandardSchemaV1.Issue['path']>): string {
  return path
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
