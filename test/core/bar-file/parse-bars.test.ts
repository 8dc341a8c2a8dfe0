import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseBars } from '#core/bar-file/parse-bars.ts';
import { barAt } from '#core/bars.ts';
import { csv, stamp } from '#test/support/bar-files.ts';

/** A decimal as a feed writes it, with up to six decimals. */
const decimal = fc
  .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999_999 }), fc.nat(6))
  .map(([whole, fraction, digits]) =>
    digits === 0 ? `${whole}` : `${whole}.${String(fraction).padStart(6, '0').slice(0, digits)}`,
  );
const second = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2030, 11, 31) / 1000 })
  .map((seconds) => seconds * 1000);
const cells = fc.tuple(second, decimal, decimal, decimal, decimal, decimal);

describe('reading the bytes of a bar file', () => {
  it('gives exactly the numbers and instants that are written', () => {
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 30 }), (rows) => {
        const text = csv(
          ...rows.map(([start, ...figures]) => [stamp(start), ...figures].join(',')),
        );
        const parsed = parseBars(Buffer.from(text));
        expect(parsed.findings).toEqual([]);
        const read = rows.map((_, index) => Object.values(barAt(parsed.columns, index)));
        expect(parsed.columns.start).toHaveLength(rows.length);
        expect(read).toEqual(rows.map(([start, ...figures]) => [start, ...figures.map(Number)]));
      }),
    );
  });

  it.each([
    '',
    '.',
    '1.2.3',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '1,000',
    '12345678901234567',
  ])('refuses %j as a number', (figure) => {
    const parsed = parseBars(Buffer.from(csv(`2025-02-10T14:30:00Z,1,1,${figure},1,1`)));
    expect(parsed).toMatchObject({ findings: [{ code: 'unreadable', line: 2 }] });
  });

  it.each([
    '2025-02-10T14:30:00',
    '2025-02-10T14:30Z',
    '2025-02-10T24:00:00Z',
    '2025-02-10T14:60:00Z',
    '2025-13-10T14:30:00Z',
    '2025-02-10 14:30:00Z',
    '2025-02-10T14:30:00+00:00',
    '1739197800',
    '',
  ])('refuses %j as an instant', (instant) => {
    const parsed = parseBars(Buffer.from(csv(`${instant},1,1,1,1,1`)));
    expect(parsed).toMatchObject({ findings: [{ code: 'unreadable', line: 2 }] });
  });

  it('refuses a seventh column', () => {
    const parsed = parseBars(Buffer.from(csv('2025-02-10T14:30:00Z,1,1,1,1,1,7')));
    expect(parsed).toMatchObject({
      findings: [{ line: 2, text: '7 columns are seen instead of 6; correct the row' }],
    });
  });
});
