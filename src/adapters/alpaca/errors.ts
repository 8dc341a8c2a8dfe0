import { ApiError, FetchError } from '@alpacahq/alpaca-trade-api';

import { BrokerError } from '#ports/broker.ts';
import type { OutcomeUnknown, Rejection, RejectCode } from '#ports/broker.ts';

import { NotSentError } from './requests.ts';

interface RejectRule {
  readonly code: RejectCode;
  readonly status?: number;
  readonly says?: RegExp;
  readonly hasKey?: string;
  /** Alpaca's own number for the cause, where it stands for one cause only. */
  readonly number?: number;
}

const FINAL = 'filled|canceled|cancelled|expired|rejected|done_for_day';

/**
 * Alpaca's codes 40310000 and 42210000 each stand for many causes, and its messages may change. So a
 * refusal is classified by status, words and extra keys together, the sharper rule first, and
 * anything else stays "unknown".
 */
const RULES: readonly RejectRule[] = [
  { code: 'unauthorized', status: 401 },
  // What keys of the other environment get.
  { code: 'unauthorized', status: 403, says: /^forbidden/i },
  { code: 'rate-limited', status: 429 },
  { code: 'rate-limited', number: 42910000 },
  { code: 'not-found', status: 404 },
  { code: 'duplicate-client-order-id', says: /client_order_id must be unique/i },
  { code: 'wash-trade', says: /wash trade/i },
  { code: 'insufficient-buying-power', says: /insufficient (?:day trading )?buying power/i },
  { code: 'insufficient-quantity', hasKey: 'held_for_orders' },
  { code: 'insufficient-quantity', says: /insufficient qty/i },
  { code: 'base-price', hasKey: 'base_price' },
  { code: 'base-price', says: /base_price/i },
  { code: 'sub-penny', says: /sub-penny|minimum pricing criteria/i },
  { code: 'halted', says: /\bhalt/i },
  { code: 'hard-to-borrow', says: /hard[- ]to[- ]borrow/i },
  { code: 'opposite-pending', says: /cannot open a .+ while a .+ order is open/i },
  { code: 'not-shortable', says: /cannot be sold short|cannot open a short|shorting is not/i },
  { code: 'not-an-entry', says: /must be entry orders/i },
  { code: 'not-an-exit', says: /must be exit orders/i },
  { code: 'inactive-asset', says: /is not active|not tradable|could not find asset/i },
  { code: 'unchanged', says: /parameters are not changed/i },
  { code: 'chain-not-settled', says: /chain not fully replaced/i },
  { code: 'quantity-fixed', says: /qty cannot be changed/i },
  { code: 'not-replaceable', says: /already pending replace/i },
  {
    code: 'already-replaced',
    says: /already replaced|already in "?replaced|replace order in "?replaced/i,
  },
  {
    code: 'already-final',
    says: new RegExp(`(?:already in|replace order in) "?(?:${FINAL})\\b|not cancelable`, 'i'),
  },
  // On its way: accepted, pending_new, pending_cancel, pending_replace.
  { code: 'not-replaceable', says: /cannot replace order in|already in "?pending_/i },
];

const fits = (
  { status, says, hasKey, number }: RejectRule,
  error: ApiError,
  details: Readonly<Record<string, string>>,
): boolean =>
  (status === undefined || status === error.status) &&
  (says === undefined || says.test(error.message)) &&
  (hasKey === undefined || hasKey in details) &&
  (number === undefined || number === Number(error.code));

/** The keys of an error body besides code and message. The SDK keeps the body unread for whoever asks. */
async function detailsOf(error: ApiError): Promise<Readonly<Record<string, string>>> {
  try {
    const body: unknown = await error.response.json();
    if (typeof body !== 'object' || body === null) return {};
    return Object.fromEntries(
      Object.entries(body)
        .filter(([key]) => key !== 'message' && key !== 'code')
        .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}

function messageOf(error: unknown): string {
  if (error instanceof FetchError) return `no answer (${rootOf(error.cause)})`;
  return error instanceof Error ? error.message : String(error);
}

/** Why a connection failed, which stands at the end of the causes: "fetch failed" helps nobody. */
function rootOf(error: Error): string {
  if (error.cause instanceof Error) return rootOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.message === '' ? code : error.message;
}

/**
 * Proxies say these of a request that they gave up on (408: request time-out, 499: the client closed the
 * connection): what stands behind them may have got it all the same.
 */
const GIVEN_UP: ReadonlySet<number> = new Set([408, 499]);

/** Whether the broker itself has answered: a 4xx of its own. */
const isAnswer = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status < 500 && !GIVEN_UP.has(error.status);

type Redact = (text: string) => string;
const asItIs: Redact = (text) => text;

/**
 * What a failed write means. Only a 4xx is a no; after anything else (time-out, 5xx, a connection lost
 * half-way) the broker may have done it.
 */
export async function writeFailure(
  error: unknown,
  redact: Redact = asItIs,
): Promise<Rejection | OutcomeUnknown> {
  const message = redact(messageOf(error));
  if (error instanceof NotSentError) {
    return { kind: 'rejected', code: 'rate-limited', httpStatus: 429, message, details: {} };
  }
  if (!isAnswer(error)) return { kind: 'unknown', message };
  const details = await detailsOf(error);
  const rule = RULES.find((candidate) => fits(candidate, error, details));
  return {
    kind: 'rejected',
    code: rule?.code ?? 'unknown',
    httpStatus: error.status,
    message,
    details,
  };
}

/** A failed read as the port's error; `what` says what was asked for. */
export function readFailure(what: string, error: unknown, redact: Redact = asItIs): BrokerError {
  if (error instanceof BrokerError) return error;
  const retryable = !isAnswer(error) || error.status === 429;
  return new BrokerError(`could not read ${what} from Alpaca: ${redact(messageOf(error))}`, {
    retryable,
    cause: error,
  });
}

/** Alpaca's own number for what it does not have. */
const NOT_FOUND = 40410000;

/**
 * Whether Alpaca says that it does not have what was asked for. A 404 without its number is of something on the
 * way there, which knows neither positions nor orders: no share would be called gone for it.
 */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404 && Number(error.code) === NOT_FOUND;
