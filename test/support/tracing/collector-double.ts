/** A collector that keeps the spans that it is sent, by OTLP over HTTP in JSON. */
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: internal, 2: server, 3: client. */
  readonly kind: number;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { stringValue?: string };
  }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

export class CollectorDouble {
  readonly spans: Span[] = [];
  readonly services = new Set<string | undefined>();
  /** All that was sent, to be searched for secrets. */
  received = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<CollectorDouble> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        collector.take(body);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    const collector = new CollectorDouble(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  trace(traceId: string): Span[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string): void {
    this.received += body;
    for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
      this.services.add(attribute(resource, 'service.name'));
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
  }
}

export function attribute(
  { attributes }: Pick<Span, 'attributes'>,
  key: string,
): string | undefined {
  return attributes.find((one) => one.key === key)?.value.stringValue;
}
