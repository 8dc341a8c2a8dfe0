import { createCommandForm } from './command-form.js';
import { h } from './dom.js';
import { createListbox, describeOwner } from './listbox.js';

/** A refusal comes back at once; only the bot takes longer, and is not waited for. */
const PATIENCE_MS = 250;

/**
 * The box at the bottom: plain text, or after a slash a command with its options.
 *
 * @param {{ area: HTMLElement, world: () => { commands: object[], people: object[],
 *   roles: object[], placeholder: string }, perform: (action: object) => Promise<object> }} options
 */
export function createComposer({ area, world, perform }) {
  const composer = {
    world,
    perform,
    commandList: createListbox({
      label: 'Commands',
      onChoose: ({ command }) => chooseCommand(composer, command),
    }),
    choiceList: createListbox({
      label: 'Choices',
      onChoose: (item) => composer.form?.choose(item),
    }),
    hintLine: h('p.hint', { hidden: true }),
    complaint: h('p.complaint', { role: 'alert', hidden: true }),
    offline: h('p.offline', { role: 'status', hidden: true }),
    slot: h('div.composer-slot'),
    text: null,
    /** The options of the chosen command, and its entry; null while plain text is typed. */
    form: null,
    entry: null,
    isSending: false,
  };
  composer.text = createText(composer);
  composer.slot.append(composer.text);
  const { hintLine, commandList, choiceList, offline, complaint, slot } = composer;
  area.replaceChildren(
    h('div.popup', {}, hintLine, commandList.element, choiceList.element),
    offline,
    complaint,
    h(
      'form.composer',
      {
        onsubmit(event) {
          event.preventDefault();
          submit(composer);
        },
      },
      slot,
      h('button.send', { type: 'submit', 'aria-label': 'Send' }, '➤'),
    ),
  );
  return {
    describe: () => describe(composer),
    setOffline: (words) => say(offline, words),
    complain: (words) => say(complaint, words),
    focus: () => (composer.form ?? composer.text).focus(),
    /** Another person or channel: what was half typed is not theirs. */
    reset: () => reset(composer),
  };
}

/** Shows words in a line that is there only while it has any. */
function say(line, words) {
  line.textContent = words ?? '';
  line.hidden = !words;
}

function createText(composer) {
  const { commandList, complaint } = composer;
  const text = h('textarea', {
    rows: 1,
    role: 'combobox',
    'aria-label': 'Message',
    'aria-autocomplete': 'list',
    'aria-controls': commandList.id,
    'aria-expanded': 'false',
    oninput() {
      fit(text);
      say(complaint, null);
      offerCommands(composer);
    },
    onkeydown(event) {
      if (!handleKey(composer, event)) return;
      event.preventDefault();
      describeOwner(text, commandList);
    },
    onblur() {
      commandList.hide();
      describeOwner(text, commandList);
    },
  });
  return text;
}

function fit(text) {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
}

function describe(composer) {
  const { text, world } = composer;
  text.placeholder = world().placeholder;
  text.setAttribute('aria-label', text.placeholder);
  if (text.value.startsWith('/')) offerCommands(composer);
}

function reset(composer) {
  const { slot, text, commandList, choiceList, hintLine, complaint } = composer;
  composer.form = null;
  composer.entry = null;
  slot.replaceChildren(text);
  text.value = '';
  commandList.hide();
  choiceList.hide();
  describeOwner(text, commandList);
  say(hintLine, null);
  say(complaint, null);
  fit(text);
}

function offerCommands({ text, commandList, world }) {
  const typed = /^\/(\S*(?: \S*){0,2})$/.exec(text.value)?.[1];
  if (typed === undefined || document.activeElement !== text) commandList.hide();
  else commandList.show(commandsFor(world().commands, typed));
  describeOwner(text, commandList);
}

/** Commands whose name fits, those that begin with what was typed first. */
function commandsFor(commands, typed) {
  const wanted = typed.toLowerCase();
  return commands
    .filter(({ path }) => path.includes(wanted))
    .toSorted((a, b) => Number(b.path.startsWith(wanted)) - Number(a.path.startsWith(wanted)))
    .map((command) => ({
      key: command.path,
      label: `/${command.path}`,
      hint: command.options.map(({ name, required }) => (required ? name : `${name}?`)).join(' '),
      detail: command.description,
      command,
    }));
}

/** Shows a command's options; one without any stands as text, and Enter sends it. */
function chooseCommand(composer, entry) {
  const { text, slot, commandList, choiceList, hintLine, world } = composer;
  composer.entry = entry;
  commandList.hide();
  describeOwner(text, commandList);
  composer.form = createCommandForm({
    entry,
    listbox: choiceList,
    hint: (words) => say(hintLine, words),
    world,
    suggest: (values, focused) => suggest(composer, values, focused),
    onSubmit: () => submit(composer),
    onCancel: () => cancel(composer),
  });
  if (entry.options.length === 0) {
    text.value = `/${entry.path}`;
    fit(text);
  } else slot.replaceChildren(composer.form.element);
  (entry.options.length === 0 ? text : composer.form).focus();
}

function cancel(composer) {
  const typed = `/${composer.entry.path}`;
  reset(composer);
  composer.text.value = typed;
  composer.text.focus();
  offerCommands(composer);
}

async function suggest({ perform, entry }, options, focused) {
  const action = { kind: 'autocomplete', command: entry.path, options, focused };
  const answer = await perform(action).catch(() => null);
  return answer?.reaction.choices ?? [];
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Whether a key was used up here. */
function handleKey(composer, { key, shiftKey }) {
  const { commandList } = composer;
  const isOpen = commandList.isOpen();
  const step = STEPS[key];
  if (isOpen && step !== undefined) commandList.move(step);
  else if (isOpen && (key === 'Enter' || key === 'Tab')) pick(composer);
  else if (isOpen && key === 'Escape') commandList.hide();
  else if (key === 'Enter' && !shiftKey) submit(composer);
  else return false;
  return true;
}

/** A command that is typed in full and needs nothing is sent at once. */
function pick(composer) {
  const { command } = composer.commandList.activeItem();
  const isTyped = composer.text.value.trim() === `/${command.path}`;
  chooseCommand(composer, command);
  if (isTyped && command.options.length === 0) submit(composer);
}

/** What is on its way is not sent a second time by a finger that is too quick. */
function submit(composer) {
  if (composer.isSending) return;
  const isForm = composer.form !== null && composer.entry.options.length > 0;
  const action = isForm ? commandAction(composer) : textAction(composer);
  if (action) void send(composer, action);
}

function commandAction({ form, entry, complaint }) {
  const missing = form.missing();
  if (missing === null) return { kind: 'slash', command: entry.path, options: form.values() };
  say(complaint, `This option is required: ${missing}.`);
  form.blame(missing);
  return null;
}

/** Plain text is said; text after a slash must be a command. */
function textAction(composer) {
  const { text, world, complaint } = composer;
  const typed = text.value.trim();
  if (typed === '') return null;
  if (!typed.startsWith('/')) return { kind: 'say', content: typed };
  const named = world().commands.find(({ path }) => `/${path}` === typed);
  if (named?.options.length === 0) return { kind: 'slash', command: named.path, options: {} };
  if (named) {
    chooseCommand(composer, named);
    return composer.form.missing() === null ? commandAction(composer) : null;
  }
  say(complaint, `There is no command ${typed.split(' ')[0]} for you.`);
  return null;
}

/** Clears the box as soon as the sandbox has taken the action, and brings refusals back. */
async function send(composer, action) {
  const { complaint, text, form } = composer;
  composer.isSending = true;
  const name = action.kind === 'slash' ? `/${action.command}: ` : '';
  const answer = composer.perform(action).then(
    () => null,
    (error) => error,
  );
  const patience = new Promise((resolve) => {
    setTimeout(() => resolve(null), PATIENCE_MS);
  });
  const refusal = await Promise.race([answer, patience]);
  composer.isSending = false;
  if (refusal !== null) {
    say(complaint, `${name}${refusal.message}`);
    if (refusal.field) form?.blame(refusal.field);
    return;
  }
  reset(composer);
  // A dialog that the answer opened keeps the focus.
  if (!document.querySelector('dialog[open]')) text.focus();
  const late = await answer;
  if (late !== null) say(complaint, `${name}${late.message}`);
}
