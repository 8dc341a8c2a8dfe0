import { ButtonStyle, ComponentType } from 'discord.js';
import type { APIActionRowComponent, APIButtonComponentWithCustomId } from 'discord.js';

import { clipLine } from '#core/clip.ts';

import { customIdOf } from './custom-id.ts';

export type Row = APIActionRowComponent<APIButtonComponentWithCustomId>;

/** What Discord takes of a button's words. */
const LABEL_LENGTH = 80;

const row = (...components: APIButtonComponentWithCustomId[]): Row => ({
  type: ComponentType.ActionRow,
  components,
});

const button = (
  label: string,
  customId: string,
  look: { readonly style?: APIButtonComponentWithCustomId['style']; readonly off?: boolean } = {},
): APIButtonComponentWithCustomId => ({
  type: ComponentType.Button,
  style: look.style ?? ButtonStyle.Secondary,
  label: clipLine(label, LABEL_LENGTH),
  custom_id: customId,
  disabled: look.off ?? false,
});

/** Yes says what it does, since a hasty thumb reads nothing else. */
export const confirmRow = (id: string, title: string): Row =>
  row(
    button(`Yes, ${title}`, customIdOf({ prefix: 'confirm', action: 'yes', id }), {
      style: ButtonStyle.Danger,
    }),
    button('No', customIdOf({ prefix: 'confirm', action: 'no', id })),
  );

/** Back, where one is, and on. `page` counts from 0. */
export function pageRow(id: string, page: number, pages: number): Row {
  const show = (target: number): string =>
    customIdOf({ prefix: 'pages', action: 'show', id, page: target });
  return row(
    button('◀', show(Math.max(0, page - 1)), { off: page === 0 }),
    // It does nothing, and so needs an id that means nothing.
    button(`${page + 1} / ${pages}`, `pages:here:${id}`, { off: true }),
    button('▶', show(Math.min(pages, page + 1)), { off: page >= pages - 1 }),
  );
}

/** Ends what a card tells of. */
export const cancelRow = (command: string, id: string): Row =>
  row(button('Cancel', customIdOf({ prefix: 'cancel', action: command, id })));

export const refreshRow = (command: string, flags: readonly string[]): Row =>
  row(button('🔄 Refresh', customIdOf({ prefix: 'refresh', action: 'run', id: command, flags })));
