import { explain } from '../domain/reason.js';
import { type SourceReport, browserAdvice } from '../domain/source-report.js';
import { type SourceUrl, redactedSourceUrl } from '../domain/source-url.js';
import { type CheckedSourceBody } from './source.schema.js';

const ONLY_PULLING_TELLS =
  'The name resolves; whether it would deliver, a source of this scheme tells only who pulls it.';

export function presentReport({ url, secret }: SourceUrl, report: SourceReport): CheckedSourceBody {
  const source = redactedSourceUrl(url, {
    userInfo: secret.userInfo !== null,
    query: secret.query !== null,
  });
  const nothing = { source, reason: null, message: null, tracks: null, advice: [] };
  switch (report.kind) {
    case 'failed': {
      const { code } = report;
      return { ...nothing, reachable: false, reason: code, message: explain(code) };
    }
    case 'unknown':
      return { ...nothing, reachable: null, message: ONLY_PULLING_TELLS };
    case 'reachable': {
      const { tracks } = report;
      return {
        ...nothing,
        reachable: true,
        tracks: tracks === null ? null : [...tracks],
        advice: tracks === null ? [] : browserAdvice(tracks),
      };
    }
  }
}
