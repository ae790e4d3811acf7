/** An agent that takes what it is given, has nothing to tell, and boots nothing. */
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export class AgentDouble {
  private readonly waiting = new Set<ServerResponse>();
  private revision: string | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AgentDouble> {
    const server = createServer((request, response) => {
      if (request.method === 'PUT') {
        void json(request).then((body) => {
          agent.revision = (body as { revision: string }).revision;
          response.end('{}');
        });
      } else if (request.url?.startsWith('/v1/pokes?') === true) {
        // Nothing ever happens; whoever waits for it waits.
        agent.waiting.add(response);
      } else {
        response.end(JSON.stringify(agent.answerTo(request.url ?? '')));
      }
    });
    const agent = new AgentDouble(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return agent;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answerTo(url: string): object {
    return url === '/v1/pokes'
      ? { seq: 0, pokes: [] }
      : { child: { startedAt: null }, wantedRevision: this.revision, leftOut: [], errors: {} };
  }
}
