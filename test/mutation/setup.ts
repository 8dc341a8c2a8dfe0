import fc from 'fast-check';

// The same random examples in each run, so that the same changes are noticed each time.
fc.configureGlobal({ seed: 1 });
