import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { spread } from '#adapters/charts/tags.ts';
import { shorten, textWidth } from '#adapters/charts/text.ts';

describe('text in charts', () => {
  it('adds up the widths of its letters', () => {
    expect(textWidth('1', 1_000)).toBe(423);
    expect(textWidth('W1', 1_000)).toBe(1_020 + 423);
    expect(textWidth('a−b', 100)).toBeCloseTo(57.4 + 67.3 + 62.4);
    expect(textWidth('漢', 1_000), 'a letter that is not known counts as wide').toBe(1_040);
  });

  it('is cut off with an ellipsis where it does not fit', () => {
    expect(shorten('NVDA long', 17, 200)).toBe('NVDA long');
    expect(shorten('NVDA long, one hundred shares', 17, 120)).toBe('NVDA long,…');
    expect(shorten('two\n lines ', 17, 200)).toBe('two lines');
  });

  it('never exceeds its width, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 20, max: 300 }),
        (text, max) => {
          expect(textWidth(shorten(text, 13, max), 13)).toBeLessThanOrEqual(max);
        },
      ),
    );
  });
});

describe('tags moved apart', () => {
  const bounds = { from: 0, to: 200 };

  it.each([
    { name: 'far ones stay', wanted: [10, 60, 120], places: [10, 60, 120] },
    { name: 'two share the way', wanted: [100, 104], places: [90, 114] },
    { name: 'three around their mean', wanted: [99, 100, 101], places: [76, 100, 124] },
    { name: 'at the top they go down', wanted: [0, 1], places: [0, 24] },
    { name: 'at the bottom they go up', wanted: [199, 200], places: [176, 200] },
    { name: 'from beyond the bounds they come in', wanted: [-50, 300], places: [0, 200] },
  ])('$name', ({ wanted, places }) => {
    expect(spread(wanted, 24, bounds)).toEqual(places);
  });

  it('never overlap, keep their order and stay inside while there is room', () => {
    const wanted = fc
      .array(fc.integer({ min: -50, max: 250 }), { maxLength: 8 })
      .map((places) => places.toSorted((left, right) => left - right));
    fc.assert(
      fc.property(wanted, (places) => {
        const placed = spread(places, 24, bounds);
        const gaps = placed.slice(1).map((y, index) => y - placed[index]!);
        expect(Math.min(24, ...gaps)).toBeCloseTo(24);
        expect(Math.min(0, ...placed)).toBe(0);
        expect(Math.max(200, ...placed)).toBeCloseTo(200);
      }),
    );
  });
});
