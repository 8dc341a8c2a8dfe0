import { h } from './dom.js';
import { createListbox, describeOwner } from './listbox.js';

/**
 * A menu under a message: one choice is sent at once, several when the menu is closed.
 *
 * @param {object} component
 * @param {(control: HTMLElement, action: object) => Promise<void>} send
 */
export function showSelect(component, send) {
  const { placeholder = 'Make a selection', options, max_values: max = 1 } = component;
  const menu = {
    component,
    send,
    placeholder,
    max,
    min: component.min_values ?? 1,
    chosen: new Set(options.filter((option) => option.default).map(({ value }) => value)),
    text: h('span.select-text'),
    listbox: null,
    control: null,
  };
  menu.listbox = createListbox({
    label: placeholder,
    isMultiple: max > 1,
    onChoose: ({ key }) => choose(menu, key),
  });
  menu.control = h(
    'button.select',
    {
      type: 'button',
      disabled: component.disabled ?? false,
      role: 'combobox',
      'aria-haspopup': 'listbox',
      'aria-controls': menu.listbox.id,
      'data-custom-id': component.custom_id,
      onclick: () => (menu.listbox.isOpen() ? close(menu) : open(menu)),
      onkeydown: (event) => onKey(menu, event),
      onblur: () => close(menu),
    },
    menu.text,
    h('span.chevron', { 'aria-hidden': 'true' }),
  );
  describe(menu);
  return h('div.select-frame', {}, menu.control, menu.listbox.element);
}

function describe({ component, chosen, text, placeholder, control, listbox }) {
  const names = component.options
    .filter(({ value }) => chosen.has(value))
    .map(({ label }) => label);
  text.textContent = names.length === 0 ? placeholder : names.join(', ');
  text.classList.toggle('is-placeholder', names.length === 0);
  describeOwner(control, listbox);
}

function open(menu, activeKey) {
  const items = menu.component.options.map(({ label, value, description, emoji }) => ({
    key: value,
    label: emoji?.name ? `${emoji.name} ${label}` : label,
    detail: description,
    isSelected: menu.chosen.has(value),
  }));
  menu.listbox.show(items, { activeKey });
  describe(menu);
}

function close(menu) {
  if (!menu.listbox.isOpen()) return;
  menu.listbox.hide();
  describe(menu);
  if (menu.max > 1 && menu.chosen.size >= menu.min) submit(menu);
}

function choose(menu, key) {
  const { chosen, max } = menu;
  if (max === 1) {
    menu.chosen = new Set([key]);
    menu.listbox.hide();
    describe(menu);
    submit(menu);
    return;
  }
  if (chosen.has(key)) chosen.delete(key);
  else if (chosen.size < max) chosen.add(key);
  open(menu, key);
}

function submit({ control, component, chosen, send }) {
  void send(control, {
    kind: 'select',
    customId: component.custom_id,
    values: [...chosen],
  });
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function onKey(menu, event) {
  const { listbox } = menu;
  const step = STEPS[event.key];
  if (!listbox.isOpen()) {
    // Enter and blank press the button, which opens the menu by itself.
    if (step === undefined) return;
    open(menu);
  } else if (step !== undefined) listbox.move(step);
  else if (event.key === 'Escape') close(menu);
  else if (event.key === 'Enter' || event.key === ' ') choose(menu, listbox.activeItem().key);
  else return;
  event.preventDefault();
  describe(menu);
}
