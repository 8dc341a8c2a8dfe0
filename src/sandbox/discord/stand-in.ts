import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { serve } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';

import { createAttachmentStore } from './attachments.ts';
import { MESSAGE_FLAGS } from './constants.ts';
import { createGuildEvents } from './events.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { mainChannel } from './guild.ts';
import { createAct } from './human/act.ts';
import type { Act } from './human/act.ts';
import { humanRoutes } from './human/routes.ts';
import { createInteractions } from './interactions.ts';
import { jsonOnly, loopbackOnly, strangerReasonOf } from './loopback.ts';
import { createMessages } from './messages.ts';
import { pageRoutes } from './page-routes.ts';
import { presentMessage } from './present.ts';
import type { PresentedMessage } from './present.ts';
import { restApi } from './rest/api.ts';
import { createSnowflakes } from './snowflake.ts';
import { createStore } from './store.ts';
import type { World } from './world.ts';

const GATEWAY_PATH = '/gateway';

export interface DiscordStandInOptions {
  /** Where the channel's history is kept, as NDJSON; attachments lie in a folder beside it. */
  readonly dataFile?: string | null;
  readonly guildName?: string;
  readonly channelName?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface DiscordStandIn {
  /** REST under /api/v10, the people's side under /sandbox, the page under /. */
  readonly app: Hono<{ Bindings: HttpBindings }>;
  /** Takes the WebSocket upgrades at /gateway; other paths are left to other listeners. */
  attachGateway(server: Server): void;
  /** Does what a person in the channel does. */
  readonly act: Act;
  /** The interaction's first message, as soon as it is more than "thinking". */
  settled(interactionId: string, timeoutMs?: number): Promise<PresentedMessage>;
  /** The channel as somebody without private messages sees it, oldest first. */
  messages(channelId: string): readonly PresentedMessage[];
  readonly faults: Faults;
  readonly gateway: Pick<Gateway, 'drop' | 'askToReconnect' | 'forgetSessions' | 'presence'>;
  /** Cuts bots and pages off and closes the history. */
  close(): void;
}

/**
 * A local Discord with one guild, one channel, three people and one bot.
 *
 * @throws Error when the history file is damaged; the text says what to do.
 */
export function createDiscordStandIn(options: DiscordStandInOptions = {}): DiscordStandIn {
  const world = createWorld(options);
  const messages = createMessages(world);
  const gateway = createGateway(world);
  const interactions = createInteractions(world, messages, gateway);
  const act = createAct({ world, messages, interactions, gateway });
  const faults = createFaults();
  const closing = new AbortController();

  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const path of ['/', '/api/v10/*', '/sandbox/*', '/page/*', '/attachments/*']) {
    app.use(path, loopbackOnly);
  }
  app.use('/sandbox/*', jsonOnly);
  app.route('/api/v10', restApi({ world, messages, interactions, faults }));
  app.route('/sandbox', humanRoutes({ world, gateway, act, closing: closing.signal }));
  app.route('/', pageRoutes(world));

  const sockets = new WebSocketServer({ noServer: true });
  return {
    app,
    attachGateway(server) {
      server.on('upgrade', (request, socket, head) => {
        if (request.url?.split('?')[0] !== GATEWAY_PATH) return;
        const isStranger = strangerReasonOf(request.headers) !== null;
        if (isStranger) refuseUpgrade(socket);
        else {
          sockets.handleUpgrade(request, socket, head, (client) => {
            gateway.connect(client, originOf(request));
          });
        }
      });
    },
    act,
    settled: (interactionId, timeoutMs = 25_000) =>
      untilSettled(world, () => interactions.find(interactionId)?.originalId ?? null, timeoutMs),
    messages: (channelId) =>
      world.store
        .page(channelId, { limit: Number.MAX_SAFE_INTEGER })
        .toReversed()
        .map((message) => presentMessage(world.store, message, '')),
    faults: faults.faults,
    gateway,
    close() {
      closing.abort();
      gateway.drop();
      sockets.close();
      world.store.close();
    },
  };
}

function createWorld(options: DiscordStandInOptions): World {
  const { dataFile = null, now = Date.now } = options;
  const ids = createSnowflakes(now);
  const attachments = createAttachmentStore(
    dataFile === null ? null : `${dataFile}.attachments`,
    ids,
  );
  const store = createStore({
    path: dataFile,
    main: mainChannel(options.channelName ?? 'trades'),
    onGone(message) {
      for (const { id } of message.files) attachments.remove(id);
    },
  });
  // A clock that was set back must not bring ids that sort before those already given.
  for (const { wire, files } of store.messages()) {
    ids.startAfter(wire.id);
    for (const file of files) ids.startAfter(file.id);
  }
  return {
    guildName: options.guildName ?? 'Trading desk',
    now,
    ids,
    store,
    attachments,
    events: createGuildEvents(),
  };
}

const originOf = ({ headers }: IncomingMessage) => `http://${headers.host}`;

const refuseUpgrade = (socket: Duplex) =>
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');

function untilSettled(
  { store, events }: World,
  originalId: () => string | null,
  timeoutMs: number,
): Promise<PresentedMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<PresentedMessage>();
  const look = () => {
    const message = store.message(originalId() ?? '');
    if (!message || (message.wire.flags & MESSAGE_FLAGS.loading) !== 0) return;
    resolve(presentMessage(store, message, ''));
  };
  const unsubscribe = events.subscribe(look);
  const timer = setTimeout(
    () => reject(new Error(`the bot did not finish its answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    unsubscribe();
  });
}

export interface ListeningDiscordStandIn extends DiscordStandIn {
  /** http://127.0.0.1:PORT; a bot's `rest.api` is this and /api. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A stand-in on a port of its own, on loopback alone. Port 0 takes any that is free. */
export async function listenDiscordStandIn(
  options: DiscordStandInOptions & { readonly port?: number } = {},
): Promise<ListeningDiscordStandIn> {
  const standIn = createDiscordStandIn(options);
  const server = serve({
    fetch: standIn.app.fetch,
    hostname: '127.0.0.1',
    port: options.port ?? 0,
  }) as Server;
  standIn.attachGateway(server);
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...standIn,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      standIn.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
