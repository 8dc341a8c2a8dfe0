import type { CardSettings } from '#ports/card-settings.ts';

import { cards } from '../../src/compose/cards-schema.ts';

/** Every kind of card is posted. */
export const ALL_ON: CardSettings = cards.parse({});
