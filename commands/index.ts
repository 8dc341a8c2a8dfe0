import type { Command } from '#app/command.ts';

import audit from './audit.ts';
import backtest from './backtest.ts';
import chart from './chart.ts';
import closeAll from './close-all.ts';
import close from './close.ts';
import config from './config.ts';
import foreign from './foreign.ts';
import halt from './halt.ts';
import health from './health.ts';
import help from './help.ts';
import optimize from './optimize.ts';
import performance from './performance.ts';
import ping from './ping.ts';
import readiness from './readiness.ts';
import resume from './resume.ts';
import risk from './risk.ts';
import status from './status.ts';
import trade from './trade.ts';
import trades from './trades.ts';
import why from './why.ts';

/** Every slash command; a new file is named here. */
export const commands: readonly Command[] = [
  status,
  halt,
  resume,
  close,
  closeAll,
  why,
  trades,
  trade,
  chart,
  performance,
  risk,
  readiness,
  backtest,
  optimize,
  audit,
  foreign,
  health,
  config,
  help,
  ping,
];
