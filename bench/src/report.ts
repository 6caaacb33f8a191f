/** One thing that was measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, and by how much it is more. */
  readonly against?: string | undefined;
  readonly ratio?: number | undefined;
}

/** Tells figures as they come: a line of a table each, or one JSON object a line. */
export function report(json: boolean): (figure: Figure) => void {
  if (json) return (figure) => void process.stdout.write(`${JSON.stringify(rounded(figure))}\n`);
  return (figure) => {
    const { name, value, unit, against, ratio } = rounded(figure);
    const compared = against === undefined ? '' : `  ${ratio} x ${against}`;
    process.stdout.write(`${name.padEnd(46)}${String(value).padStart(12)}  ${unit.padEnd(14)}${compared}\n`);
  };
}

const rounded = (figure: Figure): Figure => ({
  ...figure,
  value: significant(figure.value),
  ...(figure.ratio !== undefined && { ratio: significant(figure.ratio) }),
});

const significant = (value: number): number => (Math.abs(value) >= 1000 ? Math.round(value) : +value.toPrecision(3));

/** The middle one; of an even number, the lower of the two. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that so large a share does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
