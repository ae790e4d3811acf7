/** Every fault, and how often it is drawn compared with the others. */
export const FAULT_WEIGHTS = {
  // MediaMTX as a process, and its file.
  'node restarted': 3,
  'node killed for a while': 3,
  'node frozen': 3,
  'file rewritten': 3,
  // What it answers.
  'node hangs': 3,
  'node answers 500': 2,
  'node answers 401': 1,
  'list truncated': 1,
  'list malformed': 1,
  'list of a wrong shape': 1,
  'list with a wrong count': 1,
  'list empty': 2,
  'connections reset': 1,
  'answers slow': 1,
  'answer lost after the write': 3,
  'write applied late': 3,
  'write never applied': 2,
  'one body refused': 1,
  // What somebody does by hand.
  'path deleted by hand': 2,
  'source altered by hand': 2,
  'flag altered by hand': 1,
  'transport altered by hand': 1,
  'path taken over by hand': 1,
  'path taken over by a catch-all': 1,
  'foreign path added': 1,
  'stranger under the prefix': 1,
  'own path poisoned': 3,
  'foreign path poisoned': 3,
  // The cameras.
  'camera dead': 2,
  'camera silent': 2,
  'camera frozen': 1,
  'camera dies for good': 2,
  'camera blinks': 2,
  'camera flaps': 2,
  'camera does not know the path': 1,
  'camera refuses the password': 3,
  // Vigia itself.
  'replica killed': 3,
  'replica ended': 2,
  'replica frozen': 3,
  'replica dies at a crash point': 3,
  // Postgres.
  'postgres restarted': 2,
  'postgres crashed': 1,
  'postgres out': 2,
  // The ways between them.
  'way to the node silent': 2,
  'way to the node cut': 1,
  'way to the node loses answers': 2,
  'way to the node late and lossy': 3,
  'way to postgres silent': 2,
  'way to postgres cut': 1,
  'way to postgres loses answers': 2,
  'way to postgres late and lossy': 2,
  // The node agent as a process, the MediaMTX that it runs, and the ways to it.
  'MediaMTX killed under the agent': 4,
  'replicas and MediaMTX killed': 3,
  'agent killed': 4,
  'agent frozen': 3,
  'agent killed, its set spoilt': 4,
  'way to the agent silent': 3,
  'way to the agent cut': 1,
  'way to the agent loses answers': 3,
  'way to the agent late and lossy': 3,
  // What it answers.
  'agent report hangs': 2,
  'agent answers 500': 2,
  'agent answers 401': 1,
  'agent report malformed': 2,
  'agent set accepted, its answer lost': 3,
  'agent set accepted late': 3,
  'agent floods with pokes': 2,
  'agent tells old errors': 4,
} as const;

export type FaultName = keyof typeof FAULT_WEIGHTS;
export const FAULT_NAMES = Object.keys(FAULT_WEIGHTS) as FaultName[];

/** Those whose length matters beyond the age at which a look counts as stale. */
export const LONG_FAULTS: readonly FaultName[] = [
  'node killed for a while',
  'node frozen',
  'node hangs',
  'node answers 500',
  'list truncated',
  'camera dead',
  'camera frozen',
  'camera refuses the password',
  'replica killed',
  'replica frozen',
  'postgres out',
  'way to the node silent',
  'way to postgres silent',
  'agent killed',
  'agent frozen',
  'way to the agent silent',
];

/** Which need a node with an agent. */
export const AGENT_FAULTS = FAULT_NAMES.filter((name) => /\bagent\b|replicas and/.test(name));
