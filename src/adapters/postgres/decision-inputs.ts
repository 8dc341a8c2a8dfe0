import { createHash } from 'node:crypto';

import type { DailyBar, Snapshot } from '#core/decision.ts';
import { exactJson, readExactJson } from '#core/exact-json.ts';
import type { Ticker } from '#core/ids.ts';

/** A part of a snapshot that cycles have in common, by the digest of its text. */
export interface SharedPart {
  readonly digest: string;
  readonly text: () => string;
}

type Shared = 'parameters' | 'sectors' | 'pastTrades';
const SHARED: readonly Shared[] = ['parameters', 'sectors', 'pastTrades'];

/** What a cycle's own row holds: its inputs without the symbols' features, and the digests of the rest. */
interface CycleInputs {
  readonly own: Omit<Snapshot, Shared | 'daily' | 'symbols'>;
  /** In the order in which they were decided. */
  readonly symbols: readonly Ticker[];
  readonly shared: Readonly<Record<Shared, string>>;
  readonly daily: ReadonlyMap<Ticker, string>;
}

export interface PackedInputs {
  /** Exact JSON of {@link CycleInputs}. */
  readonly inputs: string;
  readonly parts: readonly SharedPart[];
}

/** Everything of the snapshot but what is in the symbols' decision records. */
export function packInputs(snapshot: Snapshot): PackedInputs {
  const { parameters, sectors, pastTrades, daily, symbols, ...own } = snapshot;
  const shared = { parameters, sectors, pastTrades };
  const parts = new Map<string, SharedPart>();
  const keep = (value: object): string => {
    const part = partOf(value);
    parts.set(part.digest, part);
    return part.digest;
  };
  const packed: CycleInputs = {
    own,
    symbols: symbols.map(({ symbol }) => symbol),
    shared: {
      parameters: keep(shared.parameters),
      sectors: keep(shared.sectors),
      pastTrades: keep(shared.pastTrades),
    },
    daily: new Map([...daily].map(([symbol, bars]) => [symbol, keep(bars)])),
  };
  return { inputs: exactJson(packed), parts: [...parts.values()] };
}

/** Most parts are the same object cycle after cycle: their texts need not be made again to be known. */
const digests = new WeakMap<object, string>();

function partOf(value: object): SharedPart {
  const known = digests.get(value);
  if (known !== undefined) return { digest: known, text: () => exactJson(value) };
  const text = exactJson(value);
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
  digests.set(value, digest);
  return { digest, text: () => text };
}

/** 96 bits: two versions of the same session will not meet under one. */
const DIGEST_LENGTH = 16;

/** The digests that a cycle's inputs name, to be fetched. */
export interface UnpackedInputs {
  readonly digests: readonly string[];
  readonly symbols: readonly Ticker[];
  /** The digest of its parameters alone. */
  readonly parameters: string;
  /** The snapshot; null when one of the parts is missing. */
  readonly rebuild: (
    parts: ReadonlyMap<string, string>,
    symbols: Snapshot['symbols'],
  ) => Snapshot | null;
}

export function unpackInputs(inputs: string): UnpackedInputs {
  // Written by packInputs alone.
  const { own, symbols, shared, daily } = readExactJson(inputs) as CycleInputs;
  const named = [...SHARED.map((name) => shared[name]), ...daily.values()];
  return {
    digests: [...new Set(named)],
    symbols,
    parameters: shared.parameters,
    rebuild: (parts, rebuilt) => {
      if (!named.every((digest) => parts.has(digest))) return null;
      const read = (digest: string): unknown => readExactJson(parts.get(digest) ?? 'null');
      return {
        ...own,
        parameters: read(shared.parameters) as Snapshot['parameters'],
        sectors: read(shared.sectors) as Snapshot['sectors'],
        pastTrades: read(shared.pastTrades) as Snapshot['pastTrades'],
        daily: new Map(
          [...daily].map(([symbol, digest]) => [symbol, read(digest) as readonly DailyBar[]]),
        ),
        symbols: rebuilt,
      };
    },
  };
}
