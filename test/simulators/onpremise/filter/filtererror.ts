/** A filter that QRS answers with 400; the message is the body. */
export class FilterError extends Error {
  /** The text for a filter that breaks the grammar. */
  static cannotParse(filter: string): FilterError {
    return new FilterError(`Cannot parse the expression: ${filter}`);
  }
}
