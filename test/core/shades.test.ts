import { describe, expect, it } from 'vitest';

import { optionWords } from '#core/option-words.ts';
import { shadeOf } from '#core/shades.ts';

describe('the shade of a value', () => {
  it.each([
    [0, '░'],
    [0.24, '░'],
    [0.25, '▒'],
    [0.5, '▓'],
    [0.75, '█'],
    [1, '█'],
  ])('%d of 0 to 1 is %s', (value, shade) => {
    expect(shadeOf(value, 0, 1)).toBe(shade);
  });

  it('is the darkest where all values are alike', () => {
    expect(shadeOf(-3, -3, -3)).toBe('█');
  });
});

describe('the words of options', () => {
  it.each([
    [undefined, 'the defaults'],
    [{}, 'the defaults'],
    [{ slippageBps: 5, limitFill: 'touch' }, 'slippageBps 5, limitFill touch'],
    [
      { maxParticipationBps: null, notShortable: ['A', 'B'] },
      'maxParticipationBps none, notShortable A B',
    ],
  ])('of %j are %s', (options, words) => {
    expect(optionWords(options)).toBe(words);
  });
});
