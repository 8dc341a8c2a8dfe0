/**
 * What a button of the bot does. A button carries no more than ids: what they stand for is in the ledger,
 * and whether this person may do it is asked at the press.
 */
export type ButtonPress =
  | { readonly prefix: 'confirm'; readonly action: 'yes' | 'no'; readonly id: string }
  | {
      readonly prefix: 'pages';
      readonly action: 'show';
      readonly id: string;
      readonly page: number;
    }
  | {
      readonly prefix: 'refresh';
      readonly action: 'run';
      /** The command's name. */
      readonly id: string;
      /** Its options that were on. */
      readonly flags: readonly string[];
    }
  /** `action` is the command that ends what the card tells of. */
  | { readonly prefix: 'cancel'; readonly action: string; readonly id: string };

/** `prefix:action:id[:page]` or `…[:flag…]`, at most 100 characters. */
export const customIdOf = (press: ButtonPress): string =>
  [press.prefix, press.action, press.id, ...detailsOf(press)].join(':');

function detailsOf(press: ButtonPress): readonly (string | number)[] {
  if (press.prefix === 'refresh') return press.flags;
  return press.prefix === 'pages' ? [press.page] : [];
}

const CONFIRM = /^confirm:(yes|no):([\w-]{1,64})$/;
const PAGES = /^pages:show:([\w-]{1,64}):(\d{1,4})$/;
const CANCEL = /^cancel:([a-z-]{1,32}):([\w-]{1,64})$/;
const REFRESH = /^refresh:run:([\w-]{1,32})((?::[\w-]{1,32})*)$/;

/** Null for a button of an earlier version, or of nobody. */
export function parseCustomId(text: string): ButtonPress | null {
  const [, action, question = ''] = CONFIRM.exec(text) ?? [];
  if (action === 'yes' || action === 'no') return { prefix: 'confirm', action, id: question };
  const [, set, page] = PAGES.exec(text) ?? [];
  if (set !== undefined) return { prefix: 'pages', action: 'show', id: set, page: Number(page) };
  const [, canceller, subject] = CANCEL.exec(text) ?? [];
  if (canceller !== undefined && subject !== undefined) {
    return { prefix: 'cancel', action: canceller, id: subject };
  }
  return parseRefresh(text);
}

function parseRefresh(text: string): ButtonPress | null {
  const [, command, flags = ''] = REFRESH.exec(text) ?? [];
  if (command === undefined) return null;
  return { prefix: 'refresh', action: 'run', id: command, flags: flags.split(':').slice(1) };
}
