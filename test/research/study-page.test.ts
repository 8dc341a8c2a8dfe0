import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { markup } from '#research/report/markup.ts';
import { studyPage } from '#research/report/study-page.ts';
import { outcomesHere, runStudy } from '#research/run-study.ts';
import { parseStudy } from '#research/study-request.ts';

import { aRequest } from './support/a-request.ts';
import { aBench } from './support/a-study.ts';

const { evaluator, dates } = aBench(50, 20);

async function pageOf(changes: Parameters<typeof aRequest>[0] = {}): Promise<string> {
  const request = aRequest(changes);
  const parsed = parseStudy(request);
  if (!parsed.ok) throw new Error(parsed.error);
  const report = await runStudy(parsed.study, { evaluator, dates }, (tasks) =>
    Promise.resolve(outcomesHere(evaluator, tasks)),
  );
  return studyPage(request, report, 'body { color: black }');
}

/** The words of a page, a cell a word. */
const wordsOf = (page: string): string =>
  page.replaceAll(/<style>[^]*<\/style>|<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the page of a study', () => {
  it('holds everything: it asks no other place for anything, and runs nothing', async () => {
    const page = await pageOf();
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">[^]*<\/html>\n$/);
    expect(page).toContain('<style>body { color: black }</style>');
    expect(page).not.toMatch(/<script|<link|<img|url\(|https?:/);
  });

  it('of a sweep has the verdict, the figures, the heat map and every point', async () => {
    const page = await pageOf();
    const words = wordsOf(page);
    expect(words).toContain(
      '12 points tried by grid, ranked by sharpe. Fills and costs: the defaults.',
    );
    expect(words).toMatch(
      /Figures after costs trades net [^]* in sample \d+ [^]* out of sample \d+/,
    );
    expect(words).toContain('Equity out of sample');
    expect(words).toContain('stop \\ target 3.5 4 4.5 5 2 ');
    for (const stop of [2, 2.5, 3]) {
      for (const target of [3.5, 4, 4.5, 5]) {
        expect(page).toContain(`<td>stop=${stop} target=${target}</td>`);
      }
    }
  });

  it('begins with the verdict, and says that it is one', async () => {
    expect(wordsOf(await pageOf())).toMatch(/ Verdict: [a-z][^.]*\. p-value /);
  });

  it('tells each figure of luck with what the verdict needs of it', async () => {
    const words = wordsOf(await pageOf());
    const told = '(met|missed|not known)';
    for (const figure of [
      `p-value [\\d.]+ needs at most 0\\.05: ${told}`,
      `Sharpe above zero [\\d.]+ % sure needs 95 %: ${told}`,
      `Sharpe after all tries [\\d.]+ % sure needs 95 %: ${told}`,
      `overfitting [\\d.]+ % needs at most 20 %: ${told}`,
    ]) {
      expect(words).toMatch(new RegExp(figure));
    }
    expect(words).toContain('in 95 % of all draws; not judged.');
  });

  it('of a walk-forward has a row for each window, and what stayed the same', async () => {
    const words = wordsOf(await pageOf({ kind: 'walk-forward' }));
    expect(words).toContain('Window by window trained tested to chosen');
    expect(words).toMatch(/stop=[\d.]+ in \d+ % of the \d+ windows with a choice/);
    expect(words).toMatch(/Efficiency: (the tests|training) (made|lost) /);
    expect(words).toMatch(
      /Look-ahead: none: with the bars cut off at .*Warm-up: (– too few sessions to tell|.* differ with half of it)\./,
    );
    expect(words).not.toContain('All points');
  });

  it('names fills and costs where they are not the defaults', async () => {
    const words = wordsOf(await pageOf({ options: { slippageBps: 5 } }));
    expect(words).toContain('Fills and costs: slippageBps 5.');
  });

  it('tells what was left out of the grid, and nothing where nothing was', async () => {
    const words = wordsOf(await pageOf({ grid: 'emaFast=9,21' }));
    expect(words).toContain(
      'Note: 1 of 2 points of the grid cannot be traded and was left out; of the first one emaFast: is 21; it must be below emaSlow (21).',
    );
    expect(wordsOf(await pageOf())).not.toContain('Note:');
  });

  it('says so where nothing is recommended', async () => {
    const words = wordsOf(await pageOf({ grid: 'confidenceThreshold=99,100' }));
    expect(words).toContain('Recommended nothing: there is no place');
    expect(words).toContain('too few trades to tell: no place in the grid has enough of them');
  });
});

describe('a piece of a page', () => {
  it('shows what came from elsewhere as it is, and lets none of it be code', () => {
    const name = `<b onclick="x('y')">&`;
    expect(markup`<p title="${name}">${[name, markup`<i>${1}</i>`]}</p>`.html).toBe(
      '<p title="&lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt;&amp;">&lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt;&amp;<i>1</i></p>',
    );
    expect(markup`${ticker('BRK.B')}`.html).toBe('BRK.B');
  });
});
