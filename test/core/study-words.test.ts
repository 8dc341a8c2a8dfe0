import { expect, it } from 'vitest';

import { efficiencyWords, placeWord } from '#core/study-words.ts';

it.each([
  [0.62, 'the tests made 62 % of the annual return in training'],
  [0, 'the tests made 0 % of the annual return in training'],
  [-0.05, 'the tests lost money, which training had made'],
  [-21.48, 'the tests lost money, which training had made'],
  [null, 'training made less than 1 % a year: too little to hold the tests against'],
])('says an efficiency of %d so that it can be read', (efficiency, words) => {
  expect(efficiencyWords(efficiency)).toBe(words);
});

it('recommends only what has passed', () => {
  expect([placeWord(true), placeWord(false)]).toEqual([
    'Recommended',
    'Best place found, not proven',
  ]);
});
