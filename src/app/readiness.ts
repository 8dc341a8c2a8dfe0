import { listOf } from '#core/number-words.ts';
import { MAX_WORD_AGE_DAYS, readinessOf } from '#core/readiness.ts';
import type { Readiness } from '#core/readiness.ts';
import { toIso } from '#core/session.ts';
import type { WalkForwardWord } from '#ports/studies.ts';

import type { AppContext } from './context.ts';
import { signatureOf } from './signature.ts';

type Context = Pick<
  AppContext,
  'ledger' | 'parametersKey' | 'codeVersion' | 'systemClock' | 'watchlist' | 'research'
>;

/** Whether what trades has been shown to work; told of the parameters in force. */
export async function readiness(context: Context): Promise<Readiness> {
  const { ledger, parametersKey, codeVersion, systemClock } = context;
  const words = await ledger.walkForwardsOf(parametersKey);
  const override = await ledger.readinessOverride(parametersKey);
  const told = words.map(({ verdict, sentence, at, request, codeVersion: playedBy }) => ({
    hasPassed: verdict === 'better-than-luck',
    sentence,
    at,
    to: request.to,
    isOfThisVersion: playedBy === codeVersion,
    misfit: misfitOf(context, request),
  }));
  return readinessOf(told, override, systemClock.now());
}

const MOST_NAMED = 5;

/** Why a walk-forward says nothing of what trades: it had other symbols, or had it easier. */
function misfitOf(
  { watchlist, research }: Pick<Context, 'watchlist' | 'research'>,
  request: WalkForwardWord['request'],
): string | null {
  const without = watchlist.filter((symbol) => !request.symbols.includes(symbol));
  if (without.length > 0) {
    return `was played without ${listOf(without, MOST_NAMED)}, which the watchlist has`;
  }
  const eased = research.easedBy(request);
  return eased === null ? null : `had it easier than trading has: ${eased}`;
}

const CURE =
  'have a walk-forward of the watchlist recommend them (/optimize kind:walk-forward), or let an admin say /readiness override with a reason';

/** Why these parameters may not trade real money, a sentence; null where they may, and always elsewhere. */
export async function unreadiness(
  context: Context & Pick<AppContext, 'mode'>,
): Promise<string | null> {
  if (context.mode !== 'LIVE') return null;
  const found = await readiness(context);
  return found.kind === 'unready' ? `${found.why}; ${CURE}` : null;
}

/** Readiness in words for a person. */
export function readinessWords(found: Readiness): string {
  switch (found.kind) {
    case 'ready': {
      const { at, sentence, isOfThisVersion } = found.word;
      const told = `Ready: the walk-forward of ${dateOf(at)} says ${sentence}.`;
      return isOfThisVersion ? told : `${told} ${changedSince('It')}.`;
    }
    case 'overridden': {
      const { by, reason, at } = found.override;
      return `Not ready, and let through by ${by} on ${dateOf(at)} (${reason}), for ${MAX_WORD_AGE_DAYS} days: ${found.why}.`;
    }
    case 'unready':
      return `Not ready: ${found.why}. Real money is not traded like this; ${CURE}.`;
    default:
      return found satisfies never;
  }
}

const changedSince = (subject: string): string =>
  `${subject} was played by another version of the program, whose rules may differ from those that trade; have one again to be sure`;

/** What to say of the parameters at the start, a sentence without a full stop; null for nothing. */
export async function readinessNote(
  context: Context & Pick<AppContext, 'mode'>,
): Promise<string | null> {
  const found = await readiness(context);
  switch (found.kind) {
    case 'ready':
      return found.word.isOfThisVersion
        ? null
        : changedSince(`The walk-forward of ${dateOf(found.word.at)}`);
    case 'unready':
      // Where real money is at stake entries wait for it, which is told as what is in their way.
      return context.mode === 'LIVE' ? null : `Not ready for real money: ${found.why}`;
    case 'overridden':
      return null;
    default:
      return found satisfies never;
  }
}

const dateOf = (at: number): string => toIso(at).slice(0, 10);

interface OverrideWish {
  readonly by: string;
  readonly personId: string;
  readonly reason: string;
}

/** Lets the parameters in force trade real money for a while, on an admin's word: on record, and told. */
export async function overrideReadiness(
  context: AppContext,
  { by, personId, reason }: OverrideWish,
): Promise<void> {
  const { ledger, parametersKey, systemClock, clock } = context;
  const at = systemClock.now();
  const { actor, named } = signatureOf(by, personId);
  await ledger.transaction(async (tx) => {
    await tx.saveReadinessOverride({ parametersKey, by, reason, at });
    await tx.audit({
      at: clock.now(),
      actor,
      action: 'readiness override',
      outcome: 'done',
      details: { ...named, reason, parameters: parametersKey },
    });
    // Whoever asks elsewhere than in the team's channel does not ask behind its back.
    await tx.enqueueCard(`readiness:${at}`, {
      kind: 'notice',
      tone: 'warning',
      title: 'These parameters may trade real money without a walk-forward that recommends them',
      text: `By ${by}, for ${MAX_WORD_AGE_DAYS} days: ${reason}`,
      at: clock.now(),
    });
  });
  await context.wakeOutbox();
}
