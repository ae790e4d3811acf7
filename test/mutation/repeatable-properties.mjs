/** The same score each time: properties draw the same cases, and a mutant that failed is not shrunk. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, endOnFailure: true });
