/**
 * Discord's objects as they go over the wire, as far as the stand-in knows them. Written from the
 * public reference, not from the client library, so that the two check each other.
 */
export interface WireUser {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly discriminator: string;
  readonly avatar: string | null;
  readonly bot: boolean;
  readonly public_flags: number;
}

export interface WireMember {
  readonly user: WireUser;
  readonly nick: null;
  readonly avatar: null;
  readonly roles: readonly string[];
  readonly joined_at: string;
  readonly premium_since: null;
  readonly deaf: boolean;
  readonly mute: boolean;
  readonly flags: number;
  readonly pending: boolean;
  readonly communication_disabled_until: null;
}

interface WireThreadMetadata {
  readonly archived: boolean;
  readonly auto_archive_duration: number;
  readonly archive_timestamp: string;
  readonly locked: boolean;
  readonly create_timestamp: string;
}

/** The guild's text channel (type 0) or a public thread in it (type 11). */
export interface WireChannel {
  readonly id: string;
  readonly type: 0 | 11;
  readonly guild_id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly last_message_id: string | null;
  readonly topic?: string;
  readonly position?: number;
  readonly nsfw?: boolean;
  readonly permission_overwrites?: readonly never[];
  readonly rate_limit_per_user: number;
  readonly owner_id?: string;
  readonly message_count?: number;
  readonly member_count?: number;
  readonly total_message_sent?: number;
  readonly thread_metadata?: WireThreadMetadata;
}

export interface WireAttachment {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  /** A path on the stand-in's own origin while stored; absolute when sent to the bot. */
  readonly url: string;
  readonly proxy_url: string;
  readonly content_type: string;
  readonly description?: string;
  readonly width?: number;
  readonly height?: number;
}

export interface WireMedia {
  readonly url: string;
  readonly proxy_url?: string;
  readonly width?: number;
  readonly height?: number;
}

export interface WireEmbed {
  readonly type: 'rich';
  readonly title?: string;
  readonly description?: string;
  readonly url?: string;
  readonly timestamp?: string;
  readonly color?: number;
  readonly author?: { readonly name: string; readonly url?: string; readonly icon_url?: string };
  readonly footer?: { readonly text: string; readonly icon_url?: string };
  readonly image?: WireMedia;
  readonly thumbnail?: WireMedia;
  readonly fields?: readonly {
    readonly name: string;
    readonly value: string;
    readonly inline: boolean;
  }[];
}

interface WireEmoji {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly animated?: boolean;
}

export interface WireButton {
  readonly type: 2;
  /** 1 primary, 2 secondary, 3 success, 4 danger, 5 link. */
  readonly style: number;
  readonly label?: string;
  readonly emoji?: WireEmoji;
  readonly custom_id?: string;
  readonly url?: string;
  readonly disabled?: boolean;
}

export interface WireSelect {
  readonly type: 3;
  readonly custom_id: string;
  readonly options: readonly {
    readonly label: string;
    readonly value: string;
    readonly description?: string;
    readonly emoji?: WireEmoji;
    readonly default?: boolean;
  }[];
  readonly placeholder?: string;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly disabled?: boolean;
}

export interface WireRow {
  readonly type: 1;
  readonly components: readonly (WireButton | WireSelect)[];
}

export interface WireTextInput {
  readonly type: 4;
  readonly custom_id: string;
  /** 1 one line, 2 a paragraph. */
  readonly style: number;
  readonly label?: string;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly required?: boolean;
  readonly value?: string;
  readonly placeholder?: string;
}

export interface WireModal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly (
    | { readonly type: 1; readonly components: readonly WireTextInput[] }
    | {
        readonly type: 18;
        readonly label: string;
        readonly description?: string;
        readonly component: WireTextInput;
      }
  )[];
}

export interface WireReaction {
  readonly emoji: WireEmoji;
  readonly count: number;
  readonly me: boolean;
}

export interface WireMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  readonly author: WireUser;
  readonly content: string;
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly tts: boolean;
  readonly mention_everyone: boolean;
  readonly mentions: readonly WireUser[];
  readonly mention_roles: readonly string[];
  readonly attachments: readonly WireAttachment[];
  readonly embeds: readonly WireEmbed[];
  readonly components: readonly WireRow[];
  readonly reactions?: readonly WireReaction[];
  readonly pinned: boolean;
  readonly flags: number;
  readonly nonce?: string;
  readonly webhook_id?: string;
  readonly application_id?: string;
  readonly interaction_metadata?: Readonly<Record<string, unknown>>;
  readonly interaction?: {
    readonly id: string;
    readonly type: number;
    readonly name: string;
    readonly user: WireUser;
  };
  readonly message_reference?: {
    readonly type: 0;
    readonly message_id?: string;
    readonly channel_id: string;
    readonly guild_id: string;
  };
  readonly thread?: WireChannel;
}

export interface WireCommandOption {
  /** 1 sub-command, 2 group, 3 string, 4 integer, 5 boolean, 6 user, 8 role, 10 number. */
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly options?: readonly WireCommandOption[];
  readonly autocomplete?: boolean;
  readonly min_value?: number;
  readonly max_value?: number;
  readonly min_length?: number;
  readonly max_length?: number;
}

export interface WireCommand {
  readonly id: string;
  readonly type: 1;
  readonly application_id: string;
  readonly guild_id?: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly WireCommandOption[];
  readonly default_member_permissions: string | null;
  readonly nsfw: boolean;
  readonly version: string;
}

export interface WireChoice {
  readonly name: string;
  readonly value: string | number;
}
