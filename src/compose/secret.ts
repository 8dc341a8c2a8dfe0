import { inspect } from 'node:util';

/** A text that no log, message or JSON shows by accident. */
export interface Secret {
  /** The text itself, for the one who has to send it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const mask = (): string => '[secret]';

export function createSecret(text: string): Secret {
  const secret = { reveal: () => text, toString: mask, toJSON: mask, [inspect.custom]: mask };
  return Object.freeze(secret);
}

/** Drivers tell of an address in their own words, so its password is a secret of its own. */
export function spellings(secret: string): readonly string[] {
  const password = URL.canParse(secret) ? new URL(secret).password : '';
  if (password === '') return [secret];
  return [secret, password, ...decoded(password)];
}

function decoded(password: string): readonly string[] {
  try {
    return [decodeURIComponent(password)];
  } catch {
    // A stray per cent sign spells nothing else.
    return [];
  }
}
