export type RefusalCode =
  | 'unknown-command'
  | 'unknown-channel'
  | 'missing-option'
  | 'unknown-option'
  | 'invalid-option'
  | 'not-autocompleted'
  | 'bot-offline'
  | 'unknown-message'
  | 'unknown-component'
  | 'disabled-component'
  | 'unknown-modal'
  | 'invalid-text';

/** Something that Discord's own client would not let a person do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** The option or input that is wrong, where it is one. */
  readonly field: string | null;

  constructor(code: RefusalCode, message: string, field: string | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
