/** Kinds of values that more than one source of configuration has. */
import { z } from 'zod';

export const text = z.string().trim().min(1);

/** @param protocols as `http:` */
export function url(...protocols: string[]): z.ZodType<string> {
  return text.refine(
    (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
    `must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );
}
