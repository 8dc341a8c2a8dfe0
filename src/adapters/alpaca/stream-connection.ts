import { streaming } from '@alpacahq/alpaca-trade-api';

import type { EpochMs } from '#core/session.ts';

import type { Timers } from './timers.ts';

export interface StreamTiming {
  /** A connection whose ping is not answered in time is dead, whatever TCP says. */
  readonly pingIntervalMs: number;
  readonly pongWaitMs: number;
  /** From connecting to the acknowledgement of the subscription. */
  readonly ackWaitMs: number;
  /** Before connecting again; doubled each time, up to the maximum. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** A stream that was up for so long has recovered: the next wait is the shortest again. */
  readonly stableMs: number;
  /** Before asking once more for what an acknowledgement lacks; doubled each time. */
  readonly reassertMs: number;
}

const REASSERT_MAX_MS = 10 * 60_000;
const CAUSE_MS = 1_000;

/** The part of the SDK's streams that is supervised. */
export interface SdkStream {
  connect(): void;
  disconnect(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

export interface SocketOptions {
  readonly reconnect: false;
  readonly pingIntervalMs: number;
  readonly pongWaitMs: number;
}

/** What a stream is for: how it is made, and what is asked of it. */
export interface StreamPlan<Stream extends SdkStream> {
  readonly name: string;
  /** What has to be subscribed to; never empty. */
  readonly wanted: readonly string[];
  /** A new stream with its handlers of data; each of them calls `heard`. */
  readonly create: (options: SocketOptions, heard: () => void) => Stream;
  /** Asks for these, at once or as soon as the stream is authenticated. */
  readonly ask: (stream: Stream, names: readonly string[]) => void;
  /** Asks for one of them although it was asked for before. */
  readonly askAgain: (stream: Stream, name: string) => void;
  /** Takes all back that was asked for. */
  readonly retract: (stream: Stream) => void;
  /** What an acknowledgement names. */
  readonly granted: (acknowledgement: unknown) => readonly string[];
}

/** Each is told of one connection only, and nothing after its end. */
export interface ConnectionEvents {
  /** Something arrived. */
  onHeard(): void;
  /** The subscription, or some of it, is acknowledged. Once. */
  onUp(): void;
  onError(message: string): void;
  onMissing(names: readonly string[]): void;
  /** Once, and the last of all. */
  onOver(reason: string): void;
}

export interface ConnectionOptions {
  readonly timers: Timers;
  readonly timing: StreamTiming;
  readonly withoutSecrets: (text: string) => string;
}

export interface StreamConnection {
  end(reason: string): void;
  /** Without a word to anyone. */
  abandon(): void;
}

/** Errors after which nothing more comes of a connection, though the SDK goes on waiting. */
const HOPELESS = /connection limit/i;
const TOO_MANY_SYMBOLS = /symbol limit/i;

interface Connection<Stream> extends ConnectionOptions {
  readonly plan: StreamPlan<Stream & SdkStream>;
  readonly events: ConnectionEvents;
  stream: Stream | null;
  isOver: boolean;
  isUp: boolean;
  granted: readonly string[];
  reasserts: number;
  cancelReassert: (() => void) | null;
  cancelAckWait: () => void;
  /** Whether it already tries how much of the subscription is taken. */
  isNarrowed: boolean;
  lastError: { readonly message: string; readonly at: EpochMs } | null;
}

/**
 * Opens one connection of one of the SDK's streams and sees it to its end. It never connects again: each
 * connection has a stream of its own, so that neither what the SDK has given up on nor what an
 * acknowledgement made it forget outlives the connection.
 */
export function openStreamConnection<Stream extends SdkStream>(
  plan: StreamPlan<Stream>,
  options: ConnectionOptions,
  events: ConnectionEvents,
): StreamConnection {
  const connection: Connection<Stream> = {
    ...options,
    plan,
    events,
    stream: null,
    isOver: false,
    isUp: false,
    granted: [],
    reasserts: 0,
    cancelReassert: null,
    cancelAckWait: () => {},
    isNarrowed: false,
    lastError: null,
  };
  const { timers, timing } = options;
  connection.cancelAckWait = timers.after(timing.ackWaitMs, () =>
    end(connection, `no subscription was acknowledged within ${timing.ackWaitMs / 1000} s`),
  );
  try {
    start(connection);
  } catch (error) {
    // Whoever opens it must know it before hearing of its end.
    timers.after(0, () => end(connection, textOf(connection, error)));
  }
  return {
    end: (reason) => end(connection, reason),
    abandon: () => finish(connection),
  };
}

function start<Stream extends SdkStream>(connection: Connection<Stream>): void {
  const { plan, timing, events } = connection;
  const { pingIntervalMs, pongWaitMs } = timing;
  const unlessOver =
    <T>(run: (value: T) => void) =>
    (value: T): void => {
      if (!connection.isOver) run(value);
    };
  const stream = plan.create({ reconnect: false, pingIntervalMs, pongWaitMs }, () => {
    if (!connection.isOver) events.onHeard();
  });
  connection.stream = stream;
  stream.on(
    streaming.EVENT.SUBSCRIPTION,
    unlessOver((acknowledgement: unknown) => acknowledged(connection, stream, acknowledgement)),
  );
  stream.on(
    streaming.EVENT.CLIENT_ERROR,
    unlessOver((error: unknown) => failed(connection, stream, error)),
  );
  stream.on(
    streaming.STATE.DISCONNECTED,
    unlessOver(() => end(connection, causeOf(connection))),
  );
  plan.ask(stream, plan.wanted);
  stream.connect();
}

const missingOf = <Stream>({ plan, granted }: Connection<Stream>): readonly string[] =>
  plan.wanted.filter((name) => !granted.includes(name));

function acknowledged<Stream extends SdkStream>(
  connection: Connection<Stream>,
  stream: Stream,
  acknowledgement: unknown,
): void {
  const { plan, events } = connection;
  events.onHeard();
  connection.granted = plan.granted(acknowledgement);
  const missing = missingOf(connection).length;
  const hasNothing = missing === plan.wanted.length;
  // It may have been so for a while: whoever listens has to know that it was down.
  if (hasNothing && connection.isUp) return end(connection, 'the subscription was taken away');
  if (missing > 0) reassert(connection, stream);
  if (hasNothing || connection.isUp) return;
  connection.cancelAckWait();
  connection.isUp = true;
  events.onUp();
}

/**
 * Asks again for what the broker left out: the SDK takes its acknowledgement for all that is wanted. One
 * by one, so that what is too much does not take the rest with it.
 */
function reassert<Stream extends SdkStream>(connection: Connection<Stream>, stream: Stream): void {
  if (connection.cancelReassert !== null) return;
  const { plan, timers, timing, events, reasserts } = connection;
  const wait = reasserts === 0 ? 0 : timing.reassertMs * 2 ** (reasserts - 1);
  connection.reasserts += 1;
  connection.cancelReassert = timers.after(Math.min(wait, REASSERT_MAX_MS), () => {
    connection.cancelReassert = null;
    const missing = missingOf(connection);
    if (missing.length === 0) return;
    events.onMissing(missing);
    for (const name of missing) plan.askAgain(stream, name);
    // A refusal is an error without an acknowledgement, after which nobody else would ask again.
    reassert(connection, stream);
  });
}

function failed<Stream extends SdkStream>(
  connection: Connection<Stream>,
  stream: Stream,
  error: unknown,
): void {
  const message = textOf(connection, error);
  connection.lastError = { message, at: connection.timers.now() };
  connection.events.onError(message);
  if (HOPELESS.test(message)) end(connection, message);
  // All at once was too much: start from nothing and see how far it goes.
  else if (TOO_MANY_SYMBOLS.test(message) && !connection.isUp && !connection.isNarrowed) {
    connection.isNarrowed = true;
    connection.plan.retract(stream);
  }
}

const textOf = <Stream>({ withoutSecrets }: Connection<Stream>, error: unknown): string =>
  // Of several addresses that refuse, there is no message.
  withoutSecrets(error instanceof Error ? error.message : String(error)) || 'no connection';

/** An error of a moment ago is why the connection was closed; an older one is not. */
const causeOf = <Stream>({ lastError, timers }: Connection<Stream>): string =>
  lastError !== null && timers.now() - lastError.at <= CAUSE_MS
    ? lastError.message
    : 'the connection was closed';

function end<Stream extends SdkStream>(connection: Connection<Stream>, reason: string): void {
  if (connection.isOver) return;
  finish(connection);
  connection.events.onOver(reason);
}

function finish<Stream extends SdkStream>(connection: Connection<Stream>): void {
  connection.isOver = true;
  connection.cancelAckWait();
  connection.cancelReassert?.();
  try {
    connection.stream?.disconnect();
  } catch {
    // It is being given up in any case.
  }
}
