import { ICONS, h, icon } from './dom.js';
import { showSelect } from './select.js';

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };

/**
 * The rows of buttons and menus under a message.
 *
 * @param {object} message
 * @param {(action: object) => Promise<unknown>} perform Rejects with words for the person.
 */
export function showComponents(message, perform) {
  const complaint = h('p.component-error', { role: 'alert', hidden: true });
  const send = async (control, action) => {
    complaint.hidden = true;
    control.setAttribute('aria-busy', 'true');
    try {
      await perform({ ...action, messageId: message.id });
    } catch (error) {
      complaint.textContent = error.message;
      complaint.hidden = false;
    } finally {
      control.removeAttribute('aria-busy');
    }
  };
  const rows = message.components.map(({ components }) =>
    h(
      'div.component-row',
      {},
      ...components.map((component) =>
        component.type === 2 ? showButton(component, send) : showSelect(component, send),
      ),
    ),
  );
  return h('div.components', {}, ...rows, complaint);
}

const emojiText = (emoji) => emoji && h('span.emoji', {}, emoji.name ?? '');

function showButton(component, send) {
  const { style, label, emoji, url, custom_id: customId, disabled = false } = component;
  const content = [emojiText(emoji), label && h('span', {}, label)];
  if (style === 5) {
    return h(
      'a.button.is-link',
      { href: url, target: '_blank', rel: 'noopener noreferrer' },
      ...content,
      icon(ICONS.link),
    );
  }
  return h(
    `button.button.is-${STYLES[style]}`,
    {
      type: 'button',
      disabled,
      'data-custom-id': customId,
      onclick({ currentTarget }) {
        // A second press while the first is on its way would be a second interaction.
        if (currentTarget.hasAttribute('aria-busy')) return;
        void send(currentTarget, { kind: 'click', customId });
      },
    },
    ...content,
  );
}
