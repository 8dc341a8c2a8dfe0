import { randomUUID } from 'node:crypto';

import type { WebSocket } from 'ws';
import { z } from 'zod';

import type { GatewayDispatch } from './gateway-events.ts';

/** The kinds of frames that go over the gateway. */
export const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

/** How many events are kept for a bot that comes back. */
const REPLAYED_EVENTS = 1_000;

/** What the gateway remembers of a bot across its sockets. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  /** Where the bot found us, as http. */
  origin: string;
  socket: WebSocket | null;
  sequence: number;
  sent: { readonly sequence: number; readonly text: string }[];
  /** The line under the bot's name. */
  activity: string | null;
  lostAt: number;
}

export const newSession = (intents: number, origin: string): Session => ({
  id: randomUUID().replaceAll('-', ''),
  intents,
  origin,
  socket: null,
  sequence: 0,
  sent: [],
  activity: null,
  lostAt: 0,
});

export const send = (socket: WebSocket, payload: unknown): void =>
  socket.send(JSON.stringify(payload));

/** Numbers an event, keeps it for a resume, and sends it if the bot is there. */
export function deliver(session: Session, event: GatewayDispatch): void {
  if (event.intent !== 0 && (session.intents & event.intent) === 0) return;
  session.sequence += 1;
  const { sequence } = session;
  const d = event.data(session);
  const text = JSON.stringify({ op: OP.dispatch, t: event.name, s: sequence, d });
  session.sent.push({ sequence, text });
  if (session.sent.length > 2 * REPLAYED_EVENTS) {
    session.sent = session.sent.slice(-REPLAYED_EVENTS);
  }
  session.socket?.send(text);
}

export const presenceSchema = z.object({
  activities: z
    .array(z.object({ name: z.string(), type: z.number(), state: z.string().nullish() }))
    .optional(),
});

const ACTIVITY_VERBS: Record<number, string> = {
  0: 'Playing',
  1: 'Streaming',
  2: 'Listening to',
  3: 'Watching',
  5: 'Competing in',
};

/** The line under a bot's name: a custom text, or a verb and a name. */
export function activityOf(
  presence: z.output<typeof presenceSchema> | null | undefined,
): string | null {
  const activity = presence?.activities?.[0];
  if (!activity) return null;
  const verb = ACTIVITY_VERBS[activity.type];
  return verb === undefined ? (activity.state ?? null) : `${verb} ${activity.name}`;
}
