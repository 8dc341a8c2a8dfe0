import { describe, expect, it } from 'vitest';

import { applyTo, mutantsOf } from './mutants.ts';

const changesOf = (source: string) => mutantsOf(source).map((mutant) => applyTo(source, mutant));

describe('a mutant', () => {
  it('is made of each comparison, connection and calculation', () => {
    expect(changesOf('f(a < b && c >= d)')).toEqual([
      'f(a <= b && c >= d)',
      'f(a < b || c >= d)',
      'f(a < b && c > d)',
    ]);
    expect(changesOf('x += (a) /* + */ - b')).toEqual([
      'x -= (a) /* + */ - b',
      'x += (a) /* + */ + b',
    ]);
  });

  it('is made of each number: the next whole one, or a tenth more', () => {
    expect(changesOf('const a = [0, 14, 1_000, 2.5];')).toEqual([
      'const a = [1, 14, 1_000, 2.5];',
      'const a = [0, 15, 1_000, 2.5];',
      'const a = [0, 14, 1001, 2.5];',
      'const a = [0, 14, 1_000, 2.75];',
    ]);
  });

  it('is not made of types, text and comments', () => {
    const source = [
      "import { a } from './a-1.ts';",
      '// 1 < 2',
      'const b: 1 | 2 = a as 1 | 2;',
      'function f(x: 0.5): x is 0.5 { return /1+2/.test(`${x} < 3`); }',
      "const c = 'a' + `b`;",
    ].join('\n');
    expect(mutantsOf(source)).toEqual([]);
  });

  it('is made of the value that a type is put to', () => {
    expect(changesOf('const a = { b: 1 } as const satisfies Record<string, 1>;')).toEqual([
      'const a = { b: 2 } as const satisfies Record<string, 1>;',
    ]);
  });

  it('knows its line, also behind signs of more than one byte', () => {
    const [mutant] = mutantsOf('// − … “\nconst sign = "–";\nf(7);');
    expect(mutant).toMatchObject({ line: 3, from: '7', to: '8', isConstant: true });
  });
});
