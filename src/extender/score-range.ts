/** The score of nodes of which nothing is known, and of all nodes when the Outlook is stale. */
export const neutralScore = 5;
export const highestScore = 10;
