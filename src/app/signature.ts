/** Who stands behind a row of the audit log. */
export interface Signature {
  readonly actor: string;
  /** For the row's details. */
  readonly named: Readonly<Record<string, string>>;
}

/**
 * A person signs by the chat's id, which outlives every change of the name, with the name beside it; what the bot
 * does by itself has a name alone.
 */
export const signatureOf = (name: string, personId: string | undefined): Signature =>
  personId === undefined ? { actor: name, named: {} } : { actor: personId, named: { name } };
