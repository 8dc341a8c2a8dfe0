import type { CardSetting, CardSettings } from '#ports/card-settings.ts';
import type { Card } from '#ports/cards.ts';

/** How a card comes to the channel. A batch does as its members would, which are all of one kind. */
export function settingOf(settings: CardSettings, card: Card): CardSetting {
  if (card.kind !== 'batch') return settings[card.kind];
  const [first] = card.members;
  return first === undefined ? 'on' : settings[first.card.kind];
}

/** The kinds that are not posted at all. */
export const kindsLeftOut = (settings: CardSettings): readonly string[] =>
  Object.entries(settings).flatMap(([kind, setting]) => (setting === 'off' ? [kind] : []));
