import { parseAst } from 'vitest/node';

/** One small change of a source text that some test should notice. */
export interface Mutant {
  /** Position in the text. */
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
  /** Counted from 1. */
  readonly line: number;
  readonly isConstant: boolean;
}

/** A comparison moves by its limit, anything else turns into its opposite. */
const OPPOSITES: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** A mutant for each numeric literal and each operator of the code; types, strings and comments stay. */
export function mutantsOf(source: string): readonly Mutant[] {
  const nodes = nodesOf(parseAst(source, { lang: 'ts' }));
  return nodes
    .flatMap((node) => changeOf(node, source) ?? [])
    .toSorted((left, right) => left.start - right.start)
    .map((change) => ({ ...change, line: source.slice(0, change.start).split('\n').length }));
}

/** Of a type, only what it is put to is code. */
const EXPRESSIONS = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];

/** The node and all below it that are code. */
function nodesOf(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!isNode(value)) return [];
  if (EXPRESSIONS.includes(value.type)) return nodesOf(value['expression']);
  if (value.type.startsWith('TS')) return [];
  return [value, ...Object.values(value).flatMap(nodesOf)];
}

function changeOf(node: Node, source: string): Omit<Mutant, 'line'> | null {
  if (node.type === 'Literal') return constantOf(node, source);
  const { left, right, operator } = node;
  if (!isNode(left) || !isNode(right) || typeof operator !== 'string') return null;
  const to = OPPOSITES[operator];
  if (to === undefined || [left, right].some(isText)) return null;
  // Between the operands there is nothing but the operator, brackets, white space and comments.
  const start = source.indexOf(operator, left.end);
  return { start, end: start + operator.length, from: operator, to, isConstant: false };
}

/** Text is put together by an operator that has no opposite. */
const isText = (node: Node): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node['value'] === 'string');

/** A whole number becomes the next one, any other a tenth more. */
function constantOf(node: Node, source: string): Omit<Mutant, 'line'> | null {
  const { value, start, end } = node;
  if (typeof value !== 'number') return null;
  const other = Number.isInteger(value) ? value + 1 : Number((value * 1.1).toPrecision(12));
  return { start, end, from: source.slice(start, end), to: String(other), isConstant: true };
}

export const applyTo = (source: string, { start, end, to }: Mutant): string =>
  source.slice(0, start) + to + source.slice(end);
