import { globSync } from 'node:fs';

/**
 * The life of orders, which is proved by `npm run soak` instead: what it does wrong shows in sequences of
 * events rather than in a single figure.
 */
const NOT_RULES = [
  'close',
  'close-step',
  'guard',
  'ids',
  'intent',
  'interference',
  'order',
  'order-tree',
  'protection',
  're-anchor',
  'reconciliation',
  'rescue',
  'trade',
].map((name) => `src/core/${name}.ts`);

/** Every module of the core that holds rules of the strategy, relative to the root of the project. */
export const ruleModules = (root: string): readonly string[] =>
  globSync(['src/core/*.ts', 'src/core/{filters,indicators}/*.ts'], { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !NOT_RULES.includes(path))
    .toSorted();
