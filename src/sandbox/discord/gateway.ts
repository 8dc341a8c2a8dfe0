import type { WebSocket } from 'ws';

import { serveConnection } from './gateway-connection.ts';
import { dispatchFor } from './gateway-events.ts';
import type { GatewayDispatch } from './gateway-events.ts';
import { OP, deliver, send } from './gateway-session.ts';
import type { Session } from './gateway-session.ts';
import type { World } from './world.ts';

const HEARTBEAT_MS = 41_250;
/** A bot whose socket fell this short a time ago is believed to be on its way back. */
const RETURNING_MS = 5_000;

export interface Gateway {
  /** Speaks with one bot. `origin` is where that bot finds us, as http. */
  connect(socket: WebSocket, origin: string): void;
  dispatch(event: GatewayDispatch): void;
  /** Whether a bot is connected, or fell off so shortly ago that it will be back. */
  isReachable(): boolean;
  presence(): { readonly isOnline: boolean; readonly activity: string | null };
  /** Cuts every socket, with a close code or without a word. */
  drop(code?: number): void;
  /** Asks every bot to come again and resume. */
  askToReconnect(): void;
  /** Makes every later resume fail, so that bots identify anew. */
  forgetSessions(): void;
}

export function createGateway(world: World): Gateway {
  const sessions = new Map<string, Session>();
  const sockets = new Set<WebSocket>();
  const presence = () => {
    const online = [...sessions.values()].findLast(({ socket }) => socket !== null);
    return { isOnline: online !== undefined, activity: online?.activity ?? null };
  };
  const onPresence = () => world.events.emit({ type: 'bot-changed', ...presence() });
  const gateway: Gateway = {
    connect(socket, origin) {
      sockets.add(socket);
      socket.on('close', () => void sockets.delete(socket));
      // An error is always followed by a close, which is dealt with above.
      socket.on('error', () => {});
      serveConnection({ world, sessions, socket, origin, onPresence });
      send(socket, { op: OP.hello, d: { heartbeat_interval: HEARTBEAT_MS } });
    },
    dispatch(event) {
      for (const session of sessions.values()) deliver(session, event);
    },
    isReachable: () =>
      [...sessions.values()].some(
        ({ socket, lostAt }) => socket !== null || world.now() - lostAt < RETURNING_MS,
      ),
    presence,
    drop(code) {
      for (const socket of sockets) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    askToReconnect() {
      for (const socket of sockets) send(socket, { op: OP.reconnect, d: null });
    },
    forgetSessions() {
      sessions.clear();
      onPresence();
    },
  };
  world.events.subscribe((event) => {
    const dispatch = dispatchFor(world.store, event);
    if (dispatch) gateway.dispatch(dispatch);
  });
  return gateway;
}
