/** The environment of the command line. */
import { z } from 'zod';

import { url } from './fields.js';

export const cliEnvironment = z.object({
  VIGIA_API_URL: url('http:', 'https:').default('http://127.0.0.1:3000'),
});
