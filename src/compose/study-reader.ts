import { readFileSync } from 'node:fs';

import { optionWords } from '#core/option-words.ts';
import type { Research } from '#ports/research.ts';
import type { Study, StudyRequest } from '#ports/studies.ts';
import type { StudyReport } from '#research/report.ts';
import { studyPage } from '#research/report/study-page.ts';
import { parseStudy } from '#research/study-request.ts';
import { studySummary } from '#research/study-summary.ts';
import { searchesOf } from '#research/study.ts';

import { easierOptions } from './backtest-schema.ts';

const STYLE = new URL('../research/report/page/report.css', import.meta.url);

/** The words of requests, and the reports that this program has made of them. */
export const studyReader: Pick<Research, 'problemOf' | 'easedBy' | 'summaryOf' | 'pageOf'> = {
  problemOf(request, dates) {
    const parsed = parseStudy(request);
    if (!parsed.ok) return parsed.error;
    const searches = searchesOf(parsed.study, dates);
    return searches.ok ? null : searches.error;
  },
  easedBy({ options = {} }) {
    const easier = easierOptions(options);
    return Object.keys(easier).length === 0 ? null : optionWords(easier);
  },
  summaryOf(study) {
    const report = reportOf(study);
    return report === null ? null : studySummary(report);
  },
  pageOf(study) {
    const report = reportOf(study);
    return report === null ? null : pageOf(study.request, report);
  },
};

/** A report as a page. */
export const pageOf = (request: StudyRequest, report: StudyReport): string =>
  studyPage(request, report, readFileSync(STYLE, 'utf8'));

const reportOf = ({ result }: Study): StudyReport | null =>
  (result?.report as StudyReport | null | undefined) ?? null;
