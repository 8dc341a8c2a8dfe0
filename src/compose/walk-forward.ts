import { researchTool } from './research-tool.ts';
import { runTool } from './tool.ts';

/* `npm run walk-forward -- --symbols AAPL,MSFT --from 2023-01-03 --to 2024-12-31` */
await runTool((argv) => researchTool('walk-forward', argv));
