type Table<S extends string, E extends string> = Record<S, Partial<Record<E, S>>>

/** The status after an event, or none where the event cannot happen. */
export function statusAfter<S extends string, E extends string>(
  table: Table<S, E>,
  status: S,
  event: E
): S | undefined {
  return table[status][event]
}
