import { type Answer, json } from './answer.js';
import { type Fault } from './faults.js';

/** What a fault does to an answer on its way out. */
export function garble(answer: Answer, fault: Fault | null): Answer {
  switch (fault?.kind) {
    case 'truncated':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'malformed':
      return { ...answer, status: 200, body: '{"itemCount":' };
    case 'wrong-shape':
      return reshape(answer, (list) =>
        fault.shape === 'items-null'
          ? { ...list, items: null }
          : { ...list, itemCount: String(list['itemCount']), pageCount: String(list['pageCount']) },
      );
    case 'item-count':
      return reshape(answer, (list) => ({ ...list, itemCount: Number(list['itemCount']) + 1 }));
    case 'empty-list':
      return reshape(answer, () => ({ itemCount: 0, pageCount: 0, items: [] }));
    default:
      return answer;
  }
}

/** Only lists have such a shape; any other answer passes. */
function reshape(
  answer: Answer,
  change: (list: Record<string, unknown>) => Record<string, unknown>,
): Answer {
  if (answer.status !== 200 || !answer.body.includes('"itemCount"')) return answer;
  return json(200, change(JSON.parse(answer.body) as Record<string, unknown>));
}
