import type { AppContext } from './context.ts';
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
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** What a command answers: facts, which the Discord adapter renders. */
export type Reply =
  | { readonly kind: 'status'; readonly report: StatusReport }
  | { readonly kind: 'why'; readonly report: WhyReport }
  | { readonly kind: 'text'; readonly text: string };

/** One slash command: `name` is its file's name. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly role: Role;
  /** Whether only the asking person sees the answer. */
  readonly isPrivate: boolean;
  readonly options: readonly CommandOption[];
  run(context: AppContext, call: CommandCall): Promise<Reply>;
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
