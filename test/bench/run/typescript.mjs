/**
 * `node --import` of this runs TypeScript in a plain Node process: what is measured must not run
 * inside a test framework. `#libs/…` lead to the built code, as they do in production.
 */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
