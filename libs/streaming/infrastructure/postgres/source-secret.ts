/** User information and query of a source, as stored: apart from the URL, in a column of their own. */
import { type SourceSecret } from '../../domain/source-url.js';

/** Null when there is nothing to keep apart. */
export function encodeSecret(secret: SourceSecret): Buffer | null {
  return secret.userInfo === null && secret.query === null
    ? null
    : Buffer.from(JSON.stringify(secret), 'utf8');
}

export function decodeSecret(stored: Buffer | null): SourceSecret {
  return stored === null
    ? { userInfo: null, query: null }
    : (JSON.parse(stored.toString('utf8')) as SourceSecret);
}
