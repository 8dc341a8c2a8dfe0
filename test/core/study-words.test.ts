import { expect, it } from 'vitest';

import { efficiencyWords, placeWord } from '#core/study-words.ts';

it.each([
  [0.62, 'the tests made 62 % of the annual return in training'],
  [-5.07, 'the tests made −507 % of the annual return in training'],
  [null, '–'],
])('says an efficiency of %d so that it can be read', (efficiency, words) => {
  expect(efficiencyWords(efficiency)).toBe(words);
});

it('recommends only what has passed', () => {
  expect([placeWord(true), placeWord(false)]).toEqual([
    'Recommended',
    'Best place found, not proven',
  ]);
});
