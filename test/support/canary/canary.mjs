/** In every source of the suite; nothing that leaves the product may hold it. */
export const CANARY = 'c4nary-Pa55word';
