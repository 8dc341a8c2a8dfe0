import { enableCompileCache } from 'node:module';

/*
 * Loaded before a program: what is compiled is kept for the next start, which then takes a third of the time. Where
 * the folder for temporary files cannot be written, nothing is kept, and the program starts as ever. In JavaScript,
 * since Node.js has to load what strips types for as much as one module that is not in the cache yet.
 */
enableCompileCache();
