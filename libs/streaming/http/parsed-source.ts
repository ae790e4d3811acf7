import { type SourceUrl, parseSourceUrl } from '../domain/source-url.js';

/** Of a body that its schema has accepted: what that parsed it does not pass on, since it must stay a string in the document. */
export function parsedSource(text: string): SourceUrl {
  const result = parseSourceUrl(text);
  if (!result.ok) {
    throw new Error('a source passed its schema and cannot be parsed');
  }
  return result.source;
}
