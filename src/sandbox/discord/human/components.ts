import type { PersonKey } from '../constants.ts';
import { personOf } from '../guild.ts';
import type { Interaction } from '../interaction.ts';
import type { StoredMessage } from '../journal.ts';
import type { ChannelStore } from '../store.ts';
import { lengthOf } from '../validation/form.ts';
import type { WireButton, WireSelect, WireTextInput } from '../wire.ts';
import { Refusal } from './refusal.ts';

/** A message that this person sees. */
export function seenMessage(store: ChannelStore, as: PersonKey, id: string): StoredMessage {
  const message = store.message(id);
  const isSeen = message?.visibleTo === null || message?.visibleTo === personOf(as).user.id;
  if (!message || !isSeen) throw new Refusal('unknown-message', 'This message is gone.');
  return message;
}

const componentOf = ({ wire }: StoredMessage, customId: string): WireButton | WireSelect => {
  const found = wire.components
    .flatMap(({ components }) => components)
    .find(({ custom_id: id }) => id === customId);
  if (!found) throw new Refusal('unknown-component', 'The message no longer has this control.');
  if (found.disabled) throw new Refusal('disabled-component', 'This control is disabled.');
  return found;
};

/** The data of a press on a button. */
export function pressButton(message: StoredMessage, customId: string) {
  const component = componentOf(message, customId);
  if (component.type !== 2) throw new Refusal('unknown-component', 'This is not a button.');
  return { component_type: 2, custom_id: customId, id: 1 };
}

/** The data of a choice in a menu. */
export function chooseValues(message: StoredMessage, customId: string, values: readonly string[]) {
  const component = componentOf(message, customId);
  if (component.type !== 3) throw new Refusal('unknown-component', 'This is not a menu.');
  const { min_values: min = 1, max_values: max = 1, options } = component;
  if (values.length < min || values.length > max) {
    throw new Refusal('invalid-option', `Choose between ${min} and ${max}.`);
  }
  const stranger = values.find((value) => !options.some((option) => option.value === value));
  if (stranger !== undefined) {
    throw new Refusal('invalid-option', `The menu has no option ${stranger}.`);
  }
  return { component_type: 3, custom_id: customId, id: 1, values: [...values] };
}

/** The data of a dialog that was sent off, in the shape in which the bot described it. */
export function fillModal(
  interaction: Interaction | undefined,
  as: PersonKey,
  values: Readonly<Record<string, string>>,
) {
  if (interaction?.outcome?.kind !== 'asked' || interaction.as !== as) {
    throw new Refusal('unknown-modal', 'This dialog is gone.');
  }
  const { modal } = interaction.outcome;
  const fill = (input: WireTextInput) => ({
    type: 4,
    custom_id: input.custom_id,
    value: checkText(input, values[input.custom_id] ?? ''),
  });
  return {
    custom_id: modal.custom_id,
    components: modal.components.map((row, index) =>
      row.type === 1
        ? { type: 1, id: index + 1, components: row.components.map(fill) }
        : { type: 18, id: index + 1, component: fill(row.component) },
    ),
  };
}

function checkText(input: WireTextInput, value: string): string {
  const { custom_id: field, required = true, min_length: min = 0, max_length: max = 4000 } = input;
  const length = lengthOf(value);
  if (length === 0 && !required) return value;
  if (length === 0) throw new Refusal('invalid-text', 'This field is required.', field);
  if (length < min) {
    throw new Refusal('invalid-text', `Must be at least ${min} characters.`, field);
  }
  if (length > max) {
    throw new Refusal('invalid-text', `Must be at most ${max} characters.`, field);
  }
  return value;
}
