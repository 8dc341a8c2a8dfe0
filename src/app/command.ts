import type { Card } from '#ports/cards.ts';
import type { ChartSpec } from '#ports/charts.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { Preview } from './confirm/preview.ts';
import type { AppContext } from './context.ts';
import type { ConnectionsReport } from './reports/health.ts';
import type { Report } from './reports/report.ts';
import type { StatusReport } from './reports/status.ts';
import type { WhyReport } from './reports/why.ts';

/** Each role may do what the ones before it may. */
export const ROLES = ['viewer', 'trader', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface CommandOption {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly required: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly autocomplete?: boolean;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export interface CommandCall {
  readonly actor: Actor;
  /** The message that will be the answer, for cards to take over once it stands; without one none can. */
  readonly message?: MessageId | null;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** What a command answers: facts, which the Discord adapter renders. */
export type Reply =
  | {
      readonly kind: 'status';
      readonly report: StatusReport;
      readonly connections: ConnectionsReport;
      /** How the positions are shown: each on its own, or all in one table. */
      readonly layout: 'list' | 'table';
    }
  | { readonly kind: 'why'; readonly report: WhyReport }
  /** What a command that only looks has found out. */
  | { readonly kind: 'report'; readonly report: Report }
  /** The same beside a picture; without one where there is nothing to draw, or it is not drawn in time. */
  | { readonly kind: 'chart'; readonly report: Report; readonly chart: ChartSpec | null }
  /** A text with a file to load. */
  | {
      readonly kind: 'file';
      readonly text: string;
      readonly name: string;
      readonly content: string;
    }
  /** The commands there are, for someone of this role. */
  | { readonly kind: 'help'; readonly role: Role }
  /** How quickly the person is answered; null: the ledger does not answer. Milliseconds. */
  | { readonly kind: 'ping'; readonly ledgerMs: number | null }
  /** As long as it likes: what does not fit into one message is shown in pages. */
  | { readonly kind: 'text'; readonly text: string }
  /** A list under a title, in as many pages as it takes. */
  | { readonly kind: 'pages'; readonly title: string; readonly lines: readonly string[] }
  /** Asks before anything is done; what is confirmed comes back to the command's `confirmed`. */
  | ConfirmReply
  /**
   * Cards of this key tell in the message from here on: one has taken it over already, or `first` is shown now,
   * and once it stands the command's `shown` hears of it.
   */
  | { readonly kind: 'card'; readonly key: string; readonly first?: Card };

/** Whatever JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface ConfirmReply {
  readonly kind: 'confirm';
  /** What is to be done, as the button and the log say it: "close 10 NVDA". */
  readonly title: string;
  /** What the person should know before answering. */
  readonly preview: Preview;
  /** What the command needs in order to do it. It is kept in the ledger and has to be parsed again. */
  readonly action: { readonly [key: string]: Json };
}

/** A person has confirmed what the command asked about. */
export interface ConfirmedCall {
  /** Who asked and confirmed, with the role at the time of the confirmation. */
  readonly actor: Actor;
  readonly action: unknown;
  readonly confirmation: string;
  /** The message that asked, for a card to take over; null where none can. */
  readonly message: MessageId | null;
}

/** One slash command: `name` is its file's name. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly role: Role;
  /** Whether only the asking person sees the answer. */
  readonly isPrivate: boolean;
  /** Whether its answer has a button that asks again, with the boolean options that were on. */
  readonly isRefreshable?: boolean;
  readonly options: readonly CommandOption[];
  run(context: AppContext, call: CommandCall): Promise<Reply>;
  /** Does what was confirmed, once. The world may have changed since it was asked. */
  confirmed?(context: AppContext, call: ConfirmedCall): Promise<Reply>;
  /**
   * The first card stands: in a message that cards may take over, or (null) in one that they
   * may not, so that the next one has to be posted.
   */
  shown?(context: AppContext, card: Card, message: MessageId | null): Promise<void>;
  /** Ends what a card with a button for it tells of. Returns what the person is told. Throws UserError. */
  cancel?(
    context: AppContext,
    wish: { readonly actor: Actor; readonly id: string },
  ): Promise<string>;
  /** Suggestions for the option being typed, at most 25. */
  complete?(
    context: AppContext,
    option: string,
    typed: string,
  ): Promise<readonly { name: string; value: string }[]>;
}

/** Something the person asked cannot be done; the text says what to do instead. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** denied: for want of a role that the command as such does not need. */
  readonly outcome: 'failed' | 'denied';

  constructor(message: string, outcome: 'failed' | 'denied' = 'failed') {
    super(message);
    this.outcome = outcome;
  }
}
