import { researchTool } from './research-tool.ts';
import { runTool } from './tool.ts';

/* `npm run sweep -- --symbols AAPL,MSFT --from 2024-01-02 --to 2024-06-28` */
await runTool((argv) => researchTool('sweep', argv));
