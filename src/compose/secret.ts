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
