/** What is wrong with the answers of an agent: hooks on its server. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { type AgentBend, type AgentError } from './chaos-node.js';

const CALLS = { report: '/v1/report', wanted: '/v1/wanted' } as const;

export class AgentBends {
  private readonly bent = new Set<AgentBend>();
  private thawed: Promise<void> = Promise.resolve();
  private end: () => void = () => undefined;

  /** @returns the end of it */
  add(bend: AgentBend): () => void {
    this.bent.add(bend);
    return () => this.bent.delete(bend);
  }

  /** What is asked waits, and is answered afterwards. */
  freeze(): void {
    this.thawed = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  thaw(): void {
    this.end();
  }

  async release(): Promise<void> {
    this.thaw();
    await this.thawed;
  }

  get lateMs(): number {
    return Math.max(0, ...[...this.bent].map(({ kind, ms = 0 }) => (kind === 'late' ? ms : 0)));
  }

  get lies(): Readonly<Record<string, AgentError>> {
    return Object.assign({}, ...[...this.bent].map(({ errors = {} }) => errors)) as Record<
      string,
      AgentError
    >;
  }

  onto(server: FastifyInstance): void {
    server.addHook('onRequest', async (request, reply) => {
      await this.thawed;
      return this.received(request, reply);
    });
    server.addHook('onSend', async (request, _reply, payload) => {
      if (this.on(request, 'answer lost') !== undefined) request.raw.socket.destroy();
      return payload;
    });
  }

  private received(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    if (this.on(request, 'hang') !== undefined) return reply.hijack();
    if (this.on(request, 'malformed') !== undefined) return reply.send('{"now":"');
    const refusal = this.on(request, 'status');
    return refusal === undefined ? undefined : reply.status(refusal.status ?? 500).send({});
  }

  private on({ url }: FastifyRequest, kind: AgentBend['kind']): AgentBend | undefined {
    return [...this.bent].find(
      (bend) => bend.kind === kind && (bend.on === undefined || url.startsWith(CALLS[bend.on])),
    );
  }
}
