/** The people of the sandbox's guild: one for each role that the bot knows. */
export const PERSON_KEYS = ['viewer', 'trader', 'admin'] as const;
export type PersonKey = (typeof PERSON_KEYS)[number];

/**
 * Everything a bot needs to work in the sandbox's guild. The ids are fixed, so that a configuration
 * written for one run fits the next; the token opens nothing but this stand-in.
 */
export const SANDBOX_DISCORD = {
  token: 'sandbox-discord-bot-token',
  guildId: '1100000000000000001',
  channelId: '1100000000000000002',
  /** Also the id of the bot's user, as it is for every application made since 2016. */
  applicationId: '1100000000000000003',
  roles: {
    viewer: '1100000000000000011',
    trader: '1100000000000000012',
    admin: '1100000000000000013',
  },
  people: {
    viewer: '1100000000000000021',
    trader: '1100000000000000022',
    admin: '1100000000000000023',
  },
} as const;

export const BOT_NAME = 'Bracketeer';
export const BOT_ROLE_ID = '1100000000000000014';

/** How long Discord waits for the first answer to an interaction. */
export const FIRST_ANSWER_MS = 3_000;
/** How long an interaction's token is good for edits and follow-ups. */
export const TOKEN_LIFETIME_MS = 15 * 60_000;
/** How long a nonce is remembered; Discord says "the past few minutes". */
export const NONCE_WINDOW_MS = 5 * 60_000;

export const MESSAGE_FLAGS = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
} as const;

export const MESSAGE_TYPES = {
  normal: 0,
  pinned: 6,
  threadCreated: 18,
  reply: 19,
  command: 20,
} as const;
