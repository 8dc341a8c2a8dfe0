import { h } from './dom.js';

let count = 0;

/**
 * A list to choose from that belongs to an input or a button: the focus stays there, and
 * `aria-activedescendant` says where in the list one is.
 *
 * @param {{ label: string, onChoose: (item: object) => void, isMultiple?: boolean }} options
 */
export function createListbox({ label, onChoose, isMultiple = false }) {
  count += 1;
  const id = `listbox-${count}`;
  const element = h('div.listbox', {
    id,
    role: 'listbox',
    'aria-label': label,
    'aria-multiselectable': isMultiple ? 'true' : null,
    hidden: true,
  });
  // A press on the list must not take the focus from where one types.
  element.addEventListener('mousedown', (event) => event.preventDefault());
  let items = [];
  let active = -1;

  const mark = (index) => {
    element.children[active]?.classList.remove('is-active');
    active = index;
    const option = element.children[active];
    option?.classList.add('is-active');
    option?.scrollIntoView({ block: 'nearest' });
  };
  return {
    element,
    id,
    /** Shows these items, the first of them active; none hides the list. */
    show(next, { activeKey } = {}) {
      items = next;
      element.replaceChildren(
        ...items.map((item, index) => showItem(`${id}-${index}`, item, () => onChoose(item))),
      );
      element.hidden = items.length === 0;
      const wanted = items.findIndex((item) => item.key === activeKey);
      active = -1;
      mark(items.length === 0 ? -1 : Math.max(wanted, 0));
    },
    hide() {
      items = [];
      active = -1;
      element.hidden = true;
    },
    isOpen: () => !element.hidden,
    activeId: () => element.children[active]?.id ?? null,
    activeItem: () => items[active] ?? null,
    move(step) {
      if (items.length > 0) mark((active + step + items.length) % items.length);
    },
  };
}

function showItem(id, item, onClick) {
  return h(
    'div.listbox-item',
    { id, role: 'option', 'aria-selected': String(item.isSelected ?? false), onclick: onClick },
    h(
      'span.listbox-label',
      {},
      item.label,
      item.hint && ' ',
      item.hint && h('span.listbox-hint', {}, item.hint),
    ),
    item.detail && h('span.listbox-detail', {}, item.detail),
  );
}

/** Says at the owner of a list whether it is open and where one is in it. */
export function describeOwner(owner, listbox) {
  owner.setAttribute('aria-expanded', String(listbox.isOpen()));
  const active = listbox.activeId();
  if (active === null) owner.removeAttribute('aria-activedescendant');
  else owner.setAttribute('aria-activedescendant', active);
}
