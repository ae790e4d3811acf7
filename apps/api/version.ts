import { createRequire } from 'node:module';

/** Found by its name in the `imports` of Node, so that it is the same file for sources and build. */
const { version } = createRequire(import.meta.url)('#package.json') as { version: string };

export const VERSION = version;
