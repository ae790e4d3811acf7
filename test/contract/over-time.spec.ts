/**
 * Suites in which time must pass, in one file, so that the longest waits overlap with the others:
 * an idle connection alone lives for 30 seconds. Their stories begin when this file is read.
 */
import { onEveryTarget } from '#test/support/mediamtx/targets.js';
import { livePaths } from './over-time/live-paths.js';
import { onDemandPaths } from './over-time/on-demand.js';
import { restartAndReload } from './over-time/restart-and-reload.js';
import { slowSources } from './over-time/slow-sources.js';

onEveryTarget(livePaths);
onEveryTarget(onDemandPaths);
onEveryTarget(restartAndReload);
onEveryTarget(slowSources);
