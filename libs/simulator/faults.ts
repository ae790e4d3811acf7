/** What can be wrong with a MediaMTX, or with the way to it; one rule at a time, or several. */
export type FaultKind =
  /** Accepts and never answers; nothing is applied. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'refuse'; readonly status: number; readonly error?: string }
  /** Destroys the socket; nothing is applied. */
  | { readonly kind: 'reset' }
  /** Applies, then destroys the socket. */
  | { readonly kind: 'lost-answer' }
  /** Answers 200 at once and applies later; the writes behind it wait, as on the real server. */
  | { readonly kind: 'late-apply'; readonly ms: number }
  /** Answers 200 and never applies. */
  | { readonly kind: 'lie' }
  /** Applies at once and answers later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** A whole HTTP answer whose JSON is cut in the middle. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'wrong-shape'; readonly shape: 'items-null' | 'string-counts' }
  /** Says that there is one item more than it lists. */
  | { readonly kind: 'item-count' }
  /** A 200 with an empty list, whatever is configured. */
  | { readonly kind: 'empty-list' };

export type Fault = FaultKind & {
  /** Without it, every request is affected. A string pattern is part of the URL. */
  readonly on?: { readonly method?: string; readonly pathPattern?: string | RegExp };
  /** Without it, until the fault is cleared. */
  readonly times?: number;
};

export class Faults {
  private rules: { readonly fault: Fault; left: number }[] = [];

  /** Replaces whatever was set before; null clears. */
  set(fault: Fault | readonly Fault[] | null): void {
    const faults = fault === null ? [] : [fault].flat();
    this.rules = faults.map((rule) => ({ fault: rule, left: rule.times ?? Infinity }));
  }

  clear(): void {
    this.set(null);
  }

  /** The first fault that hits this request; counts it. */
  take(method: string, target: string): Fault | null {
    const rule = this.rules.find(({ fault, left }) => left > 0 && hits(fault, method, target));
    if (rule === undefined) return null;
    rule.left -= 1;
    return rule.fault;
  }
}

function hits({ on }: Fault, method: string, target: string): boolean {
  if (on?.method !== undefined && on.method.toUpperCase() !== method) return false;
  if (on?.pathPattern === undefined) return true;
  return typeof on.pathPattern === 'string'
    ? target.includes(on.pathPattern)
    : on.pathPattern.test(target);
}
