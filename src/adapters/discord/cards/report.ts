import type { APIEmbed } from 'discord.js';

import type { Report } from '#app/reports/report.ts';

import { auditEmbed } from './audit.ts';
import { brokerAwayEmbed } from './broker-away.ts';
import { configEmbed } from './config.ts';
import { healthEmbed } from './health.ts';
import { performanceEmbed } from './performance.ts';
import { riskEmbed } from './risk.ts';
import { symbolChartEmbed } from './symbol-chart.ts';
import { tradeEmbed } from './trade.ts';
import { tradesEmbed } from './trades.ts';

/** A report in words. */
export function reportEmbed(report: Report): APIEmbed {
  switch (report.kind) {
    case 'audit':
      return auditEmbed(report);
    case 'broker-away':
      return brokerAwayEmbed(report);
    case 'trades':
      return tradesEmbed(report);
    case 'trade':
      return tradeEmbed(report);
    case 'symbol-chart':
      return symbolChartEmbed(report);
    case 'health':
      return healthEmbed(report);
    case 'config':
      return configEmbed(report);
    case 'performance':
      return performanceEmbed(report);
    case 'risk':
      return riskEmbed(report);
    default:
      return report satisfies never;
  }
}
