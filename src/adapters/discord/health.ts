import type { Logger } from '#ports/logger.ts';

type DiscordState = 'ready' | 'connecting' | 'down';

/** The one place that knows how the connection stands, and that tells the log when it changes. */
export interface Health {
  state(): DiscordState;
  /** Resolves when the first attempt to connect has come to something, good or bad. */
  readonly firstNews: Promise<void>;
  begin(): void;
  ready(): void;
  lost(reason: string): void;
  /** Nothing will be tried any more, since it can only fail again. */
  fail(reason: string): void;
  stop(): void;
}

/** `idle`, `failed` and `stopped` are all down; only from `idle` there is a way on. */
type Phase = 'idle' | 'beginning' | 'ready' | 'lost' | 'failed' | 'stopped';

const STATE = {
  idle: 'down',
  beginning: 'connecting',
  ready: 'ready',
  lost: 'connecting',
  failed: 'down',
  stopped: 'down',
} as const satisfies Record<Phase, DiscordState>;

export function createHealth(log: Logger): Health {
  const news = Promise.withResolvers<void>();
  let phase: Phase = 'idle';
  /** Whether it was a change; after the end there is none. */
  const enter = (next: Phase): boolean => {
    if (phase === next || phase === 'failed' || phase === 'stopped') return false;
    phase = next;
    if (next !== 'beginning') news.resolve();
    return true;
  };
  return {
    state: () => STATE[phase],
    firstNews: news.promise,
    begin: () => void enter('beginning'),
    ready() {
      if (enter('ready')) log.info({ discord: 'ready' }, 'Discord is connected');
    },
    lost(reason) {
      if (!enter('lost')) return;
      log.warn(
        { discord: 'connecting', reason },
        'Discord is not connected; trading goes on and cards wait',
      );
    },
    fail(reason) {
      if (!enter('failed')) return;
      log.error(
        { discord: 'down', reason },
        'Discord stays down until the settings are corrected and the bot restarts; trading goes on',
      );
    },
    stop: () => void enter('stopped'),
  };
}
