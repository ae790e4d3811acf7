import { explain } from '../domain/reason.js';
import { type SourceReport, browserAdvice } from '../domain/source-report.js';
import { type SourceUrl, redactedSourceUrl } from '../domain/source-url.js';
import { type CheckedSourceBody } from './source.schema.js';

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
      return { ...nothing, reachable: null };
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
