import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';

import { sectorsFrom } from '../../src/compose/sectors.ts';

describe('sectors', () => {
  it('of well-known stocks are known without any setting', () => {
    const sectors = sectorsFrom({});
    expect(sectors.get(ticker('NVDA'))).toBe('Technology');
    expect(sectors.get(ticker('AMD'))).toBe(sectors.get(ticker('XLK')));
    expect(sectors.get(ticker('XOM'))).toBe('Energy');
  });

  it('of the settings come before those', () => {
    const sectors = sectorsFrom({ NVDA: 'Chips', TPL: 'Energy' });
    expect(sectors.get(ticker('NVDA'))).toBe('Chips');
    expect(sectors.get(ticker('TPL'))).toBe('Energy');
    expect(sectors.get(ticker('AMD'))).toBe('Technology');
  });

  it('of a symbol that nobody knows are none', () => {
    expect(sectorsFrom({}).has(ticker('ZZZZ'))).toBe(false);
  });
});
