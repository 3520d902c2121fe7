import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookServer {
  readonly url: URL;
  /** Every request, complete. */
  readonly requests: readonly WebhookRequest[];
  /** How the next requests are answered: a status, or by hand. */
  answer(how: number | ((response: ServerResponse, request: WebhookRequest) => void)): void;
  close(): void;
}

/** A webhook that answers as it is told: 200 until then. */
export async function startWebhook(port = 0): Promise<WebhookServer> {
  const requests: WebhookRequest[] = [];
  let how: Parameters<WebhookServer['answer']>[0] = 200;
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      const request = { path: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      if (typeof how === 'number') response.writeHead(how).end();
      else how(response, request);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cret`),
    requests,
    answer: (next) => {
      how = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
