import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';

import { SANDBOX_DISCORD } from './constants.ts';
import { OP, activityOf, deliver, newSession, presenceSchema, send } from './gateway-session.ts';
import type { Session } from './gateway-session.ts';
import { APPLICATION, BOT_USER, gatewayGuild } from './guild.ts';
import type { World } from './world.ts';

/** How long a bot may be away and still resume; Discord does not say, minutes are usual. */
const RESUMABLE_MS = 180_000;

const CLOSE = {
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
} as const;

/** A bot that closes with one of these is gone for good: Discord ends its session. */
const FAREWELLS: readonly number[] = [1000, 1001];

const frame = z.object({ op: z.number(), d: z.unknown().optional() });
const identifySchema = z.object({
  token: z.string(),
  intents: z.number(),
  presence: presenceSchema.nullish(),
});
const resumeSchema = z.object({ token: z.string(), session_id: z.string(), seq: z.number() });

export interface ConnectionOptions {
  readonly world: World;
  readonly sessions: Map<string, Session>;
  readonly socket: WebSocket;
  /** Where this bot finds us, as http. */
  readonly origin: string;
  readonly onPresence: () => void;
}

/** One socket, and the session that it speaks for once it has said who it is. */
interface Connection extends ConnectionOptions {
  session: Session | null;
}

type Handler = (connection: Connection, d: unknown) => void;

/** Voice and member requests are no part of the sandbox and go unanswered. */
const HANDLERS: Record<number, Handler> = {
  [OP.heartbeat]: ({ socket }) => send(socket, { op: OP.heartbeatAck, d: null }),
  [OP.identify]: identify,
  [OP.resume]: resume,
  [OP.presence]: changePresence,
};

/** Speaks the gateway's protocol with one bot, until its socket closes. */
export function serveConnection(options: ConnectionOptions): void {
  const { socket, world, onPresence } = options;
  const connection: Connection = { ...options, session: null };
  socket.on('message', (data) => {
    const parsed = frame.safeParse(parseJson(data));
    if (parsed.success) HANDLERS[parsed.data.op]?.(connection, parsed.data.d);
    else socket.close(CLOSE.decodeError);
  });
  socket.on('close', (code) => {
    const { session } = connection;
    if (session?.socket !== socket) return;
    session.socket = null;
    session.lostAt = world.now();
    if (FAREWELLS.includes(code)) options.sessions.delete(session.id);
    onPresence();
  });
}

function identify(connection: Connection, d: unknown): void {
  const { world, sessions, socket, origin, onPresence } = connection;
  const parsed = identifySchema.safeParse(d);
  if (!parsed.success) return socket.close(CLOSE.decodeError);
  if (connection.session) return socket.close(CLOSE.alreadyAuthenticated);
  if (parsed.data.token !== SANDBOX_DISCORD.token) {
    return socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
  }
  forgetOld(sessions, world.now());
  const session = newSession(parsed.data.intents, origin);
  session.activity = activityOf(parsed.data.presence);
  sessions.set(session.id, session);
  enter(connection, session);
  greet(world, session);
  return onPresence();
}

function resume(connection: Connection, d: unknown): void {
  const { sessions, socket, onPresence } = connection;
  const parsed = resumeSchema.safeParse(d);
  if (!parsed.success) return socket.close(CLOSE.decodeError);
  const { token, session_id: sessionId, seq } = parsed.data;
  const session = sessions.get(sessionId);
  if (!session || token !== SANDBOX_DISCORD.token) {
    return send(socket, { op: OP.invalidSession, d: false });
  }
  enter(connection, session);
  for (const { sequence, text } of session.sent) if (sequence > seq) socket.send(text);
  deliver(session, { name: 'RESUMED', intent: 0, data: () => ({ _trace: [] }) });
  return onPresence();
}

function changePresence({ session, socket, onPresence }: Connection, d: unknown): void {
  if (!session) return socket.close(CLOSE.notAuthenticated);
  const parsed = presenceSchema.safeParse(d);
  if (!parsed.success) return socket.close(CLOSE.decodeError);
  session.activity = activityOf(parsed.data);
  return onPresence();
}

function enter(connection: Connection, session: Session): void {
  connection.session = session;
  session.socket?.terminate();
  session.socket = connection.socket;
  session.origin = connection.origin;
}

function forgetOld(sessions: Map<string, Session>, now: number): void {
  for (const [id, { socket, lostAt }] of sessions) {
    if (socket === null && now - lostAt > RESUMABLE_MS) sessions.delete(id);
  }
}

/** READY, then the guild with all it has. */
function greet(world: World, session: Session): void {
  deliver(session, {
    name: 'READY',
    intent: 0,
    data: ({ origin }) => ({
      v: 10,
      user: { ...BOT_USER, verified: true, mfa_enabled: false, email: null },
      guilds: [{ id: SANDBOX_DISCORD.guildId, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: gatewayUrl(origin),
      session_type: 'normal',
      private_channels: [],
      relationships: [],
      shard: [0, 1],
      application: { id: APPLICATION.id, flags: APPLICATION.flags },
    }),
  });
  deliver(session, {
    name: 'GUILD_CREATE',
    intent: 0,
    data: () => gatewayGuild(world.guildName, world.store.channels()),
  });
}

/** The socket's address for a bot that knows us under this origin. */
export const gatewayUrl = (origin: string): string => `${origin.replace(/^http/, 'ws')}/gateway`;

function parseJson(data: RawData): unknown {
  try {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array);
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
