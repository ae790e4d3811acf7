/** The API as in production, but for adapters that die when they are told to. */
import { serve } from '../../../dist/apps/api/serve.js';
import { loadApiConfig } from '../../../dist/libs/platform/config/api-config.js';
import { environment } from '../../../dist/libs/platform/config/environment.js';

import { crashingAdapters } from './crashing-adapters.mjs';

await serve(loadApiConfig(environment()), crashingAdapters);
