import { enableCompileCache } from 'node:module';

/*
 * Loaded before a program: what is compiled is kept for the next start, which then takes a third of the time. Where
 * the folder for temporary files cannot be written, nothing is kept, and the program starts as ever.
 */
enableCompileCache();
