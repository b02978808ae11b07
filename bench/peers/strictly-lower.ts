/** The row and the column of each strictly lower entry of a k x k matrix, row by row. */
export const strictlyLower = (k: number): readonly (readonly [number, number])[] =>
  Array.from({ length: k }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j): readonly [number, number] => [i, j]),
  );
