import { h } from './dom.js';
import { describeOwner } from './listbox.js';
import { fixedChoices, isNumeric, matching, ordered, valueOf } from './option-values.js';

const TYPING_PAUSE_MS = 120;
const MOST_SUGGESTIONS = 25;

/**
 * A chosen command with an input for each option: required ones at once, the others on request.
 *
 * @param {{ entry: object, listbox: object, hint: (text: string) => void,
 *   world: () => { people: object[], roles: object[] },
 *   suggest: (options: object, focused: string) => Promise<object[]>,
 *   onSubmit: () => void, onCancel: () => void }} options
 */
export function createCommandForm(options) {
  const { entry } = options;
  const form = {
    ...options,
    /** @type {Map<string, { option: object, input: HTMLInputElement, value: unknown }>} */
    fields: new Map(),
    adders: h('span.adders'),
    focused: null,
    /** Counts the questions for suggestions, so that late answers are known as such. */
    asked: 0,
  };
  const element = h(
    'div.command-form',
    { role: 'group', 'aria-label': `Options of /${entry.path}` },
    nameButton(form),
    form.adders,
  );
  for (const option of ordered(entry.options)) {
    if (option.required) addField(form, option);
    else form.adders.append(addButton(form, option));
  }
  return {
    element,
    focus: () => (element.querySelector('input') ?? element.firstElementChild).focus(),
    choose: (item) => choose(form, item),
    values: () => readValues(form),
    missing: () => missing(form),
    /** Shows which input is wrong. */
    blame(name) {
      const input = form.fields.get(name)?.input;
      input?.setAttribute('aria-invalid', 'true');
      input?.focus();
    },
  };
}

/** Where one is when nothing has to be filled in: Enter sends the command as it stands. */
function nameButton({ entry, hint, onCancel }) {
  const canAdd = entry.options.some(({ required }) => !required);
  return h(
    'button.command-name',
    {
      type: 'submit',
      onfocus: () => hint(`Enter sends it${canAdd ? ', Tab goes to its options' : ''}`),
      onblur: () => hint(''),
      onkeydown(event) {
        if (event.key !== 'Escape' && event.key !== 'Backspace') return;
        event.preventDefault();
        onCancel();
      },
    },
    `/${entry.path}`,
  );
}

function addButton(form, option) {
  const button = h(
    'button.add-option',
    {
      type: 'button',
      title: option.description,
      'aria-label': `Add the option ${option.name}: ${option.description}`,
      onclick() {
        button.remove();
        addField(form, option).focus();
      },
      onkeydown({ key }) {
        if (key === 'Escape') form.onCancel();
      },
    },
    `+ ${option.name}`,
  );
  return button;
}

function addField(form, option) {
  const field = { option, input: null, value: undefined };
  field.input = h('input', {
    type: 'text',
    autocomplete: 'off',
    spellcheck: false,
    inputMode: isNumeric(option) ? 'decimal' : 'text',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': form.listbox.id,
    'aria-expanded': 'false',
    'aria-required': String(option.required ?? false),
    'data-option': option.name,
    onfocus: () => enter(form, field),
    onblur: () => leave(form),
    oninput() {
      field.value = undefined;
      field.input.removeAttribute('aria-invalid');
      void offer(form, field);
    },
    onkeydown(event) {
      if (!handleKey(form, field, event)) return;
      event.preventDefault();
      describeOwner(field.input, form.listbox);
    },
  });
  form.fields.set(option.name, field);
  form.adders.before(h('label.option', {}, h('span.option-name', {}, option.name), field.input));
  return field.input;
}

function enter(form, field) {
  const { name, description, required } = field.option;
  form.focused = field;
  form.hint(`${name}: ${description}${required ? '' : ' (optional)'}`);
  void offer(form, field);
}

function leave(form) {
  form.focused = null;
  form.listbox.hide();
  form.hint('');
}

/** What is filled in, by name: of a choice its value, else the text. */
function readValues({ fields, world }) {
  const filled = [...fields.values()].flatMap(({ option, input, value }) => {
    if (input.value.trim() === '') return [];
    return [[option.name, value ?? valueOf(fixedChoices(option, world()), input.value)]];
  });
  return Object.fromEntries(filled);
}

/** The first required option that is still empty, or null. */
const missing = ({ fields }) =>
  [...fields.values()].find(({ option, input }) => option.required && input.value.trim() === '')
    ?.option.name ?? null;

/** Shows what could stand in an option; an answer that comes too late is thrown away. */
async function offer(form, field) {
  const { option, input } = field;
  form.asked += 1;
  const mine = form.asked;
  const fixed = fixedChoices(option, form.world());
  if (fixed !== null || !option.autocomplete) {
    show(form, field, matching(fixed ?? [], input.value));
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, TYPING_PAUSE_MS));
  if (mine !== form.asked) return;
  const found = await form.suggest(
    { ...readValues(form), [option.name]: input.value },
    option.name,
  );
  if (mine === form.asked) show(form, field, found);
}

function show({ listbox, focused }, field, choices) {
  if (focused !== field) return;
  const items = choices
    .slice(0, MOST_SUGGESTIONS)
    .map((choice) => ({ key: String(choice.value), label: choice.name, choice }));
  listbox.show(items);
  describeOwner(field.input, listbox);
}

/** Takes an item of the list into the option that is being filled, and goes on to the next. */
function choose(form, { choice }) {
  const { focused, listbox, fields } = form;
  if (!focused) return;
  focused.input.value = choice.name;
  focused.value = choice.value;
  form.asked += 1;
  listbox.hide();
  describeOwner(focused.input, listbox);
  [...fields.values()].find(({ input }) => input.value === '')?.input.focus();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Whether a key was used up here. */
function handleKey(form, field, { key }) {
  if (form.listbox.isOpen()) return handleListKey(form, field, key);
  const isLeaving = key === 'Escape' || (key === 'Backspace' && field.input.value === '');
  if (key === 'Enter') form.onSubmit();
  else if (isLeaving) form.onCancel();
  return key === 'Enter' || isLeaving;
}

function handleListKey(form, field, key) {
  const { listbox } = form;
  const step = STEPS[key];
  if (step !== undefined) listbox.move(step);
  else if (key === 'Escape') listbox.hide();
  else if (key === 'Enter') choose(form, listbox.activeItem());
  else if (key === 'Tab' && field.input.value !== '') {
    // Tab takes the suggestion and then goes where it always goes.
    choose(form, listbox.activeItem());
    return document.activeElement !== field.input;
  } else if (key === 'Backspace' && field.input.value === '') form.onCancel();
  else return false;
  return true;
}
