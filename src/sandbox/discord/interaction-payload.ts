import type { PersonKey } from './constants.ts';
import { SANDBOX_DISCORD } from './constants.ts';
import { BOT_PERMISSIONS, permissionsOf, personOf } from './guild.ts';
import type { InteractionType } from './interaction.ts';
import type { WireChannel } from './wire.ts';

export interface InteractionHead {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly as: PersonKey;
  readonly channel: WireChannel;
}

/** What every interaction carries around its data. Clients crash on a missing piece. */
export function interactionPayload(
  head: InteractionHead,
  data: Readonly<Record<string, unknown>>,
  message?: unknown,
): Record<string, unknown> {
  const { guildId, applicationId } = SANDBOX_DISCORD;
  const permissions = permissionsOf(head.as).toString();
  return {
    id: head.id,
    application_id: applicationId,
    type: head.type,
    token: head.token,
    version: 1,
    guild_id: guildId,
    guild: { id: guildId, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    locale: 'en-US',
    channel_id: head.channel.id,
    channel: { ...head.channel, permissions },
    member: { ...personOf(head.as), permissions },
    app_permissions: BOT_PERMISSIONS,
    entitlements: [],
    authorizing_integration_owners: { 0: guildId },
    context: 0,
    attachment_size_limit: 10 * 1024 * 1024,
    data,
    ...(message === undefined ? {} : { message }),
  };
}
