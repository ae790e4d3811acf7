/** The environment of the command line. */
import { z } from 'zod';

import { url } from './fields.js';

export const cliEnvironment = z.object({
  VIGIA_API_URL: url('http:', 'https:')
    .refine(hasNoCredentials, 'must hold no user and no password')
    .default('http://127.0.0.1:3000'),
});

/** They would be seen in the list of processes, and `fetch` takes none. */
function hasNoCredentials(value: string): boolean {
  return URL.canParse(value) && new URL(value).username === '' && new URL(value).password === '';
}
