import type { AttachmentStore } from './attachments.ts';
import type { GuildEvents } from './events.ts';
import type { Snowflakes } from './snowflake.ts';
import type { ChannelStore } from './store.ts';

/** What all parts of the stand-in share. */
export interface World {
  readonly guildName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly ids: Snowflakes;
  readonly store: ChannelStore;
  readonly attachments: AttachmentStore;
  readonly events: GuildEvents;
}

/** An instant as Discord writes it. */
export const wireTime = (at: number): string =>
  new Date(at).toISOString().replace('Z', '000+00:00');
