import { describe, expect, it } from '@jest/globals';
import { type ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';

import { AppError } from '#kernel/app-error.js';

import { InputPipe, InvalidInput, MalformedInput } from './invalid-input.js';

const schema = z.strictObject({
  name: z.string(),
  count: z.string().transform(Number).optional(),
  tags: z.record(z.string().regex(/^[a-z/~]+$/, 'must be small letters'), z.string()).optional(),
  mode: z.enum(['on', 'off']).optional(),
});

const pipe = new InputPipe();

function check(value: unknown, type: ArgumentMetadata['type'] = 'body', data?: string): unknown {
  return pipe.transform(value, { type, data, schema } as ArgumentMetadata);
}

async function refusal(...asked: Parameters<typeof check>): Promise<AppError> {
  try {
    await check(...asked);
  } catch (err) {
    if (err instanceof AppError) {
      return err;
    }
  }
  throw new Error('it was not refused');
}

describe('InputPipe', () => {
  it('passes on what the schema made of the value', async () => {
    expect(await check({ name: 'a', count: '7' })).toEqual({ name: 'a', count: 7 });
  });

  it('finds the fault of an address before that of what is sent there', async () => {
    const all = [check({}, 'query'), check({}), check({}, 'param', 'id')];
    await expect(Promise.all(all)).rejects.toMatchObject({ code: 'request.malformed_id' });
    await Promise.allSettled(all);
  });

  it('passes on a parameter that has no schema', async () => {
    const anything = { x: 1 };
    expect(await pipe.transform(anything, { type: 'custom' } as ArgumentMetadata)).toBe(anything);
  });

  it('names each wrong value of a body by its JSON Pointer, all at once', async () => {
    const error = await refusal({ tags: { 'A/~': 'x', ok: 7 }, mode: 'x', more: 1, 'a/b~c': 2 });
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({ kind: 'invalid', code: 'request.invalid' });
    const { errors } = error.extensions as { errors: { pointer: string; message: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(
      ['/name', '/tags/A~1~0', '/tags/ok', '/mode', '/more', '/a~1b~0c'].sort(),
    );
    const said = new Map(errors.map(({ pointer, message }) => [pointer, message]));
    expect(said.get('/more')).toBe('is not a known field');
    expect(said.get('/tags/A~1~0')).toBe('must be small letters');
  });

  it('names a wrong query parameter by its name', async () => {
    const error = await refusal({ name: 7 }, 'query');
    expect(error.extensions).toMatchObject({ errors: [{ pointer: 'name' }] });
  });

  it('calls a malformed part of the path unreadable, by its name', async () => {
    const error = await refusal({}, 'param', 'id');
    expect(error).toBeInstanceOf(MalformedInput);
    expect(error).toMatchObject({
      code: 'request.malformed_id',
      extensions: { errors: [{ pointer: 'id' }] },
    });
  });

  it('never answers with more than fifty faults', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`field${i}`, i]));
    const error = await refusal({ name: 'a', ...unknown });
    expect(error.extensions['errors']).toHaveLength(50);
  });

  it('never repeats a value that it refuses', async () => {
    const error = await refusal({ name: 'a', mode: 'hunter2', tags: { UP: 'hunter2' } });
    expect(JSON.stringify(error.extensions)).not.toContain('hunter2');
  });
});
