import type { EpochMs } from '#core/session.ts';
import type { StreamHealth, StreamState } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

import { openStreamConnection } from './stream-connection.ts';
import type {
  ConnectionEvents,
  ConnectionOptions,
  SdkStream,
  StreamConnection,
  StreamPlan,
  StreamTiming,
} from './stream-connection.ts';

export const DEFAULT_STREAM_TIMING: StreamTiming = {
  pingIntervalMs: 10_000,
  pongWaitMs: 5_000,
  ackWaitMs: 15_000,
  retryMinMs: 1_000,
  retryMaxMs: 30_000,
  stableMs: 60_000,
  reassertMs: 10_000,
};

export interface StreamListener {
  /** The subscription is acknowledged, once each connection. */
  onUp(): void;
  /** It was up and is not any more. */
  onDown(reason: string): void;
}

export interface SupervisedStream {
  health(): StreamHealth;
  /** Connects anew if it is up; else that is happening already. */
  restart(reason: string): void;
  close(): void;
}

export interface SupervisorOptions extends ConnectionOptions {
  readonly log: Logger;
}

/** What is known of a stream over all of its connections. */
interface Supervision {
  state: StreamState;
  since: EpochMs;
  lastMessageAt: EpochMs | null;
  lastError: string | null;
  reconnects: number;
  /** In a row, without a stretch in which the stream was up for long. */
  failures: number;
  isClosed: boolean;
  connection: StreamConnection | null;
  cancelRetry: () => void;
}

/**
 * Keeps a stream alive whatever ends its connections: it connects again, slower each time, until it is
 * closed. Half-open connections are found by the SDK's pings; one that is connected but mute only by
 * whoever knows what should have come, hence `restart`.
 */
export function superviseStream<Stream extends SdkStream>(
  plan: StreamPlan<Stream>,
  options: SupervisorOptions,
  listener: StreamListener,
): SupervisedStream {
  const its: Supervision = {
    ...unopened(options.timers.now()),
    failures: 0,
    isClosed: false,
    connection: null,
    cancelRetry: () => {},
  };
  const become = (state: StreamState): void => {
    if (its.state !== state) its.since = options.timers.now();
    its.state = state;
  };
  function connect(): void {
    its.cancelRetry();
    become('connecting');
    its.connection = openStreamConnection(plan, options, events);
  }
  const reconnect = (): void => {
    its.reconnects += 1;
    connect();
  };
  const events = eventsOf({ its, name: plan.name, become, reconnect }, options, listener);
  connect();
  return {
    health: () => healthOf(its),
    restart(reason) {
      if (its.isClosed || its.state !== 'up') return;
      its.connection?.end(reason);
      reconnect();
    },
    close() {
      its.isClosed = true;
      its.cancelRetry();
      its.connection?.abandon();
      become('down');
    },
  };
}

interface Supervisor {
  readonly its: Supervision;
  readonly name: string;
  readonly become: (state: StreamState) => void;
  readonly reconnect: () => void;
}

/** What is made of the events of a connection. */
function eventsOf(
  { its, name, become, reconnect }: Supervisor,
  { timers, timing, log }: SupervisorOptions,
  listener: StreamListener,
): ConnectionEvents {
  return {
    onHeard() {
      its.lastMessageAt = timers.now();
    },
    onError(message) {
      its.lastError = message;
      log.warn({ error: message }, `${name}: the stream reports an error`);
    },
    onMissing(names) {
      log.warn({ names }, `${name}: asking again for what was not acknowledged`);
    },
    onUp() {
      become('up');
      if (its.reconnects > 0) log.info({ reconnects: its.reconnects }, `${name}: up again`);
      listener.onUp();
    },
    onOver(reason) {
      const wasUp = its.state === 'up';
      const wasStable = wasUp && timers.now() - its.since >= timing.stableMs;
      its.failures = wasStable ? 1 : its.failures + 1;
      its.lastError = reason;
      become('down');
      its.cancelRetry = timers.after(retryWait(its.failures, timing), reconnect);
      log.warn({ reason }, `${name}: the stream is down`);
      if (wasUp) listener.onDown(reason);
    },
  };
}

const retryWait = (failures: number, { retryMinMs, retryMaxMs }: StreamTiming): number =>
  Math.min(retryMinMs * 2 ** (failures - 1), retryMaxMs);

const healthOf = ({
  state,
  since,
  lastMessageAt,
  lastError,
  reconnects,
}: Supervision): StreamHealth => ({ state, since, lastMessageAt, lastError, reconnects });

/** The health of a stream that nobody has asked for yet. */
export const unopened = (since: EpochMs): StreamHealth => ({
  state: 'down',
  since,
  lastMessageAt: null,
  reconnects: 0,
  lastError: null,
});
