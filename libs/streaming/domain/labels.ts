/** How many labels a stream may have: they are read with each row. */
export const MAX_LABELS = 32;
