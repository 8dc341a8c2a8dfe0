import { h } from './dom.js';

/**
 * A dialog of the bot's. It stays open until it was sent off or given up.
 *
 * @param {{ title: string, components: object[] }} modal
 * @param {(values: Record<string, string>) => Promise<unknown>} submit
 */
export function openDialog(modal, submit) {
  const inputs = modal.components.map((row) =>
    row.type === 1
      ? { label: row.components[0].label ?? '', input: row.components[0] }
      : { label: row.label, description: row.description, input: row.component },
  );
  const complaint = h('p.complaint', { role: 'alert', hidden: true });
  const dialog = h(
    'dialog.modal',
    { 'aria-label': modal.title, onclose: () => dialog.remove() },
    h(
      'form',
      { onsubmit: send },
      h('h2', {}, modal.title),
      ...inputs.map(showInput),
      complaint,
      h(
        'div.modal-actions',
        {},
        h('button.button.is-quiet', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
        h('button.button.is-primary', { type: 'submit' }, 'Submit'),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();

  async function send(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    complaint.hidden = true;
    try {
      await submit(values);
      dialog.close();
    } catch (error) {
      complaint.textContent = error.message;
      complaint.hidden = false;
      dialog.querySelector(`[name="${CSS.escape(error.field ?? '')}"]`)?.focus();
    }
  }
}

function showInput({ label, description, input }) {
  const { required = true, style, value, placeholder, max_length: maxLength } = input;
  return h(
    'label.modal-field',
    {},
    h('span.modal-label', {}, label, required && h('span.required', { title: 'required' }, ' *')),
    description && h('span.muted', {}, description),
    h(style === 2 ? 'textarea' : 'input', {
      name: input.custom_id,
      value: value ?? '',
      placeholder: placeholder ?? '',
      maxLength: maxLength ?? 4000,
      'aria-required': String(required),
    }),
  );
}
