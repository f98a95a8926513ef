/** What a summary row holds of one resource of one node, over the steps that are left. */
export const rowFields = 5;
/** targetUtilisation × allocatable; 0 while the node is not known. */
export const roomField = 0;
export const peakMeanField = 1;
export const lowMeanField = 2;
export const peakVarianceField = 3;
/** Mean of the load as a share of the room. */
export const averageField = 4;
/** Numbers per node: cpu, then memory. */
export const rowLength = 2 * rowFields;
