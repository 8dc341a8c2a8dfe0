import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook on this machine that keeps what it was told. */
export interface Webhook {
  readonly url: string;
  /** The bodies, in order, those too that were refused. */
  readonly bodies: { readonly content: string; readonly allowed_mentions: unknown }[];
  /** What it answers. */
  status: number;
  close(): Promise<void>;
}

export async function openWebhook(): Promise<Webhook> {
  const bodies: Webhook['bodies'] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      bodies.push(JSON.parse(text) as Webhook['bodies'][number]);
      response.writeHead(webhook.status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const webhook: Webhook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/1/secret-token`,
    bodies,
    status: 204,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return webhook;
}
