import { BOT_NAME, BOT_ROLE_ID, PERSON_KEYS, SANDBOX_DISCORD } from './constants.ts';
import type { PersonKey } from './constants.ts';
import type { WireChannel, WireMember, WireUser } from './wire.ts';

const { guildId, channelId, applicationId, roles, people } = SANDBOX_DISCORD;
const FOUNDED = '2023-04-24T14:00:00.000000+00:00';

const bits = (...positions: readonly number[]) =>
  positions.reduce((sum, position) => sum | (1n << BigInt(position)), 0n);

/** View, send, embed, attach, read history, react, use commands, threads. */
const EVERYONE = bits(6, 10, 11, 14, 15, 16, 31, 35, 38);
/** Also manage and pin messages, mention everyone, manage threads. */
const BOT = EVERYONE | bits(13, 17, 34, 51);
const ADMINISTRATOR = bits(3);
/** What Discord reports for an administrator: every permission there is. */
const ALL = (1n << 53n) - 1n;

const user = (id: string, username: string, displayName: string, isBot: boolean): WireUser => ({
  id,
  username,
  global_name: isBot ? null : displayName,
  discriminator: isBot ? '0001' : '0',
  avatar: null,
  bot: isBot,
  public_flags: 0,
});

export const BOT_USER = user(applicationId, BOT_NAME, BOT_NAME, true);

const NAMES: Record<PersonKey, string> = { viewer: 'Vera', trader: 'Theo', admin: 'Ada' };

const member = (of: WireUser, roleId: string): WireMember => ({
  user: of,
  nick: null,
  avatar: null,
  roles: [roleId],
  joined_at: FOUNDED,
  premium_since: null,
  deaf: false,
  mute: false,
  flags: 0,
  pending: false,
  communication_disabled_until: null,
});

const personMember = (key: PersonKey) =>
  member(user(people[key], NAMES[key].toLowerCase(), NAMES[key], false), roles[key]);

const PEOPLE: Record<PersonKey, WireMember> = {
  viewer: personMember('viewer'),
  trader: personMember('trader'),
  admin: personMember('admin'),
};

export const BOT_MEMBER = member(BOT_USER, BOT_ROLE_ID);
export const MEMBERS: readonly WireMember[] = [
  BOT_MEMBER,
  ...PERSON_KEYS.map((key) => PEOPLE[key]),
];

export const personOf = (key: PersonKey): WireMember => PEOPLE[key];
export const memberById = (id: string): WireMember | undefined =>
  MEMBERS.find((candidate) => candidate.user.id === id);

/** What the person may do in the channel, as Discord sends it along with an interaction. */
export const permissionsOf = (key: PersonKey): bigint => (key === 'admin' ? ALL : EVERYONE);
export const BOT_PERMISSIONS = BOT.toString();

const role = (id: string, name: string, settings: { permissions: bigint; color: number }) => ({
  id,
  name,
  description: null,
  color: settings.color,
  colors: { primary_color: settings.color, secondary_color: null, tertiary_color: null },
  hoist: settings.color !== 0,
  icon: null,
  unicode_emoji: null,
  position: 0,
  permissions: settings.permissions.toString(),
  managed: id === BOT_ROLE_ID,
  mentionable: id !== guildId,
  flags: 0,
});

export const ROLES = [
  role(guildId, '@everyone', { permissions: EVERYONE, color: 0 }),
  role(roles.viewer, 'viewer', { permissions: EVERYONE, color: 0x94_9b_a4 }),
  role(roles.trader, 'trader', { permissions: EVERYONE, color: 0x2e_cc_71 }),
  role(roles.admin, 'admin', { permissions: EVERYONE | ADMINISTRATOR, color: 0xe6_7e_22 }),
  role(BOT_ROLE_ID, BOT_NAME, { permissions: BOT, color: 0 }),
].map((entry, position) => ({ ...entry, position }));

export const isRole = (id: string): boolean => ROLES.some((entry) => entry.id === id);

/** The one text channel, before anything was posted in it. */
export const mainChannel = (name: string): WireChannel => ({
  id: channelId,
  type: 0,
  guild_id: guildId,
  name,
  topic: 'Entries, exits, alarms and digests of the sandbox. No real money.',
  position: 0,
  parent_id: null,
  last_message_id: null,
  nsfw: false,
  permission_overwrites: [],
  rate_limit_per_user: 0,
});

/** The guild as REST answers it. */
export const restGuild = (name: string) => ({
  id: guildId,
  name,
  icon: null,
  splash: null,
  discovery_splash: null,
  owner_id: people.admin,
  region: 'us-east',
  afk_channel_id: null,
  afk_timeout: 300,
  verification_level: 0,
  default_message_notifications: 1,
  explicit_content_filter: 0,
  roles: ROLES,
  emojis: [],
  stickers: [],
  features: [],
  mfa_level: 0,
  application_id: null,
  system_channel_id: channelId,
  system_channel_flags: 0,
  rules_channel_id: null,
  vanity_url_code: null,
  description: null,
  banner: null,
  premium_tier: 0,
  premium_subscription_count: 0,
  preferred_locale: 'en-US',
  public_updates_channel_id: null,
  nsfw_level: 0,
  premium_progress_bar_enabled: false,
  safety_alerts_channel_id: null,
});

/** The guild as GUILD_CREATE carries it: every list is there, since clients walk through all of them. */
export const gatewayGuild = (name: string, channels: readonly WireChannel[]) => ({
  ...restGuild(name),
  joined_at: FOUNDED,
  large: false,
  unavailable: false,
  member_count: MEMBERS.length,
  members: MEMBERS,
  channels: channels.filter(({ type }) => type === 0),
  threads: channels.filter(({ type }) => type === 11),
  presences: [],
  voice_states: [],
  stage_instances: [],
  guild_scheduled_events: [],
  soundboard_sounds: [],
});

export const APPLICATION = {
  id: applicationId,
  name: BOT_NAME,
  icon: null,
  description: 'The bot under test in the sandbox.',
  summary: '',
  bot_public: false,
  bot_require_code_grant: false,
  verify_key: '0'.repeat(64),
  flags: 0,
  owner: PEOPLE.admin.user,
  team: null,
  bot: BOT_USER,
};
