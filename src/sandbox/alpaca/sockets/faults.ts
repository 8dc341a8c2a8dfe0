/** Alarms of the machine, or of a test. */
export interface Timers {
  now(): number;
  /** Runs it later, unless what is returned is called before. */
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  after(ms, run) {
    // A fault that is still to come keeps no process alive.
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

export type SocketStream = 'orders' | 'data';

/** What goes wrong at the moment, for all connections of both streams. */
export interface Faults {
  readonly timers: Timers;
  /** Upgrades that are still to be refused, and with what status. */
  refusals: { left: number; status: number };
  ackDelayMs: number;
  isMute: boolean;
  /** Data connections whose authentication will be found too slow. */
  authTimeoutsLeft: number;
  isAtConnectionLimit: boolean;
  symbolLimit: number | null;
}

export const noFaults = (timers: Timers): Faults => ({
  timers,
  refusals: { left: 0, status: 429 },
  ackDelayMs: 0,
  isMute: false,
  authTimeoutsLeft: 0,
  isAtConnectionLimit: false,
  symbolLimit: null,
});

/** Makes the sockets fail as Alpaca's do. Nothing fails before it is told to. */
export interface SocketControls {
  /** Connections that are open now, of both streams. */
  connections(): number;
  /** Cuts every connection. */
  drop(): void;
  /** Refuses the next upgrades to either stream, with 429 unless told otherwise. */
  refuseUpgrades(count: number, status?: number): void;
  /** Subscriptions take effect, and are acknowledged, so much later. 0: at once again. */
  delayAcks(ms: number): void;
  /** Connections stay, pings and requests are answered, but nothing is told. */
  mute(on: boolean): void;
  /** The connections of this moment neither hear nor say anything any more, and stay open. */
  halfOpen(): void;
  /** The next authentications on the data stream end with 404 "auth timeout" and a close. */
  authTimeout(count: number): void;
  /** Every authentication on the data stream ends with 406 "connection limit exceeded" and a close. */
  connectionLimit(on: boolean): void;
  /** More symbols in one channel of the data stream are refused with 405; null: any number. */
  symbolLimit(count: number | null): void;
  /** Sends a frame as it is to whoever would hear of any event or bar. */
  inject(stream: SocketStream, frame: object): void;
  /** Sends the last frames of the stream again, in order. */
  resend(count: number, stream?: SocketStream): void;
}

/** How many frames can be sent again. */
const REMEMBERED_FRAMES = 100;

/** The frames of the last time, to send them again. */
export function rememberFrames<Frame>() {
  let frames: readonly Frame[] = [];
  return {
    add(frame: Frame): void {
      frames = [...frames, frame].slice(-REMEMBERED_FRAMES);
    },
    last: (count: number): readonly Frame[] => (count > 0 ? frames.slice(-count) : []),
  };
}
