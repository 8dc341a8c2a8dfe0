/** A row within a column. Indicators read no row that is not there, which keeps the reading fast for all. */
export const figureAt = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
