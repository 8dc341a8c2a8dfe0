import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

declare const studyId: unique symbol;
/** One sweep or walk-forward that somebody has asked for. */
export type StudyId = string & { readonly [studyId]: true };

export type StudyKind = 'sweep' | 'walk-forward';

/** How orders fill in a study, what they cost, and what the account is like: as a file of settings has it. */
export interface StudyOptions {
  /** Dollars. */
  readonly startingCash: number;
  /** Buying power as a multiple of equity. */
  readonly marginMultiplier: number;
  /** Whether entries go on in the next session after a halt at the limit from the peak. */
  readonly afterPeakHalt: 'resume' | 'stay';
  readonly notShortable: readonly Ticker[];
  readonly limitFill: 'penetrate' | 'touch';
  readonly closings: 'next-open' | 'at-close';
  /** Of market orders, in hundredths of a per cent. */
  readonly slippageBps: number;
  /** Hundredths of a per cent of a bar's volume that one limit order may take; null for no cap. */
  readonly maxParticipationBps: number | null;
  /** Dollars. */
  readonly commissionPerShare: number;
  /** Of borrowed shares, in hundredths of a per cent of their value a year. */
  readonly borrowBpsPerYear: number;
}

/** What is to be found out; with the bars it decides every figure of the report. */
export interface StudyRequest {
  readonly kind: StudyKind;
  /** In the order in which they are decided about. */
  readonly symbols: readonly Ticker[];
  /** Sessions from the one date to the other, both included. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** What the grid lies around. */
  readonly base: StrategyParameters;
  /** `stop=2,2.5,3 target=3.5..5:0.5`. */
  readonly grid: string;
  /** `grid`, `random:200` or `halving:200`. */
  readonly search: string;
  /** `sharpe` or `weighted:profitFactor=0.5,sharpe=0.5`. */
  readonly objective: string;
  /** Of a walk-forward: `half-years`, `rolling:120:40` or `anchored:120:40`. */
  readonly windows: string;
  /** Sector by symbol; a symbol without one is missing. */
  readonly sectors: Readonly<Record<string, string>>;
  /** Those that are not the default; missing where all are. */
  readonly options?: Partial<StudyOptions>;
}

/** queued and running are not over; each study is over once. */
export type StudyStatus = 'queued' | 'running' | 'done' | 'cancelled' | 'failed';

/** Kind of the verdict that a study ends in; only `better-than-luck` is a pass. */
export type VerdictKind =
  | 'too-few-trades'
  | 'worse'
  | 'not-distinguishable'
  | 'overfitted'
  | 'better-than-luck';

/** What a study has come to, in short, and its report. */
export interface StudyResult {
  readonly verdict: VerdictKind;
  /** The verdict for a trader, without a full stop. */
  readonly sentence: string;
  /** What it recommends, null for nothing, and by what such parameters are known. */
  readonly recommended: StrategyParameters | null;
  readonly parametersKey: string | null;
  /** Of the rules, the engine and the verdict that it was made by; null for one from before that was noted. */
  readonly codeVersion: string | null;
  /** Plain data; those who made it know its form. */
  readonly report: unknown;
}

/**
 * What the channel knows of a study that was asked for there. asked: the message that tells of it does not stand
 * yet. followed: it does. told: it tells how the study has ended.
 */
export type StudyTelling = 'asked' | 'followed' | 'told';

/** A study as the ledger has it. Instants are the system's. */
export interface Study {
  readonly id: StudyId;
  readonly request: StudyRequest;
  /** The name of who asked, and the chat's id; null where it was not asked for in the chat. */
  readonly requestedBy: string;
  readonly person: string | null;
  readonly requestedAt: EpochMs;
  /** Null where it was not asked for in the chat. */
  readonly telling: StudyTelling | null;
  readonly status: StudyStatus;
  /** Tasks that are done, and those that are known of by now; a search may find more to do. */
  readonly done: number;
  readonly tasks: number;
  readonly startedAt: EpochMs | null;
  readonly finishedAt: EpochMs | null;
  readonly result: StudyResult | null;
  /** Why it failed, a sentence. */
  readonly failure: string | null;
  /** Name of who cancelled it. */
  readonly cancelledBy: string | null;
}

/** A study before anything was done for it. */
export type AskedStudy = Pick<
  Study,
  'id' | 'request' | 'requestedBy' | 'person' | 'requestedAt' | 'telling'
>;

/** What came of one task; plain data. */
export interface TaskResult {
  /** Of its span and point: equal keys stand for equal outcomes within a study. */
  readonly key: string;
  readonly outcome: unknown;
}

/** An admin lets parameters trade that no walk-forward speaks for. */
export interface ReadinessOverride {
  readonly parametersKey: string;
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
}

/** What a walk-forward has said of parameters that it recommends. */
export interface WalkForwardWord {
  readonly study: StudyId;
  /** What was asked. */
  readonly request: Pick<StudyRequest, 'symbols' | 'to' | 'options'>;
  readonly verdict: VerdictKind;
  readonly sentence: string;
  readonly at: EpochMs;
  /** As in the study's result. */
  readonly codeVersion: string | null;
}

export interface ReadinessReads {
  /** The last ones that have recommended such parameters, the newest first. */
  walkForwardsOf(parametersKey: string): Promise<readonly WalkForwardWord[]>;
  /** The last one. */
  readinessOverride(parametersKey: string): Promise<ReadinessOverride | null>;
}

export interface ReadinessWrites {
  saveReadinessOverride(override: ReadinessOverride): Promise<void>;
}

/** Where people ask for studies, and hear of them. */
export interface StudyDesk extends Pick<StudyStore, 'find' | 'open'> {
  /** Puts it on the queue of all processes that research. */
  ask(request: StudyRequest, by: string): Promise<StudyId>;
  /** False when it was over before. */
  cancel(id: StudyId, by: string): Promise<boolean>;
}

export interface StudyReads {
  study(id: StudyId): Promise<Study | null>;
  /** Those that were asked for in the channel, and whose end it has not been told; the oldest first. */
  untoldStudies(): Promise<readonly Study[]>;
}

export interface StudyWrites {
  /** Those that are not over, the oldest first; nobody else asks for one until the transaction ends. */
  lockStudies(): Promise<readonly Study[]>;
  insertStudy(study: AskedStudy): Promise<void>;
  /** False when it was over before. */
  cancelStudy(id: StudyId, by: string, at: EpochMs): Promise<boolean>;
  /** Its message stands, and tells how far it is. False when it is over: its end is told then, and nothing after. */
  followStudy(id: StudyId): Promise<boolean>;
  /** The channel hears of its end; false when it has before. */
  tellStudy(id: StudyId): Promise<boolean>;
}

/** Where studies are kept. */
export interface StudyStore {
  /** Asks for one; asking for the same id twice is asking once. */
  add(study: AskedStudy): Promise<void>;
  find(id: StudyId): Promise<Study | null>;
  /** Those that are not over, the oldest first. */
  open(): Promise<readonly Study[]>;
  /** Notes that it runs, and how many tasks are known of. False when it is over. */
  begin(id: StudyId, tasks: number, at: EpochMs): Promise<boolean>;
  /** False when it is over: what is asked for is not wanted any more. */
  isWanted(id: StudyId): Promise<boolean>;
  /** Keeps what came of tasks; one that was done before counts once, and stays as it is. */
  saveResults(id: StudyId, results: readonly TaskResult[]): Promise<void>;
  results(id: StudyId): Promise<readonly TaskResult[]>;
  /** Each is false when it was over before. */
  finish(id: StudyId, result: StudyResult, at: EpochMs): Promise<boolean>;
  fail(id: StudyId, why: string, at: EpochMs): Promise<boolean>;
  cancel(id: StudyId, by: string, at: EpochMs): Promise<boolean>;
}
