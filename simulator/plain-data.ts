/** What JSON carries. Where a Map, a Set, bytes or a function has slipped in, the type is never. */
type Plain<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends
          | ReadonlyMap<unknown, unknown>
          | ReadonlySet<unknown>
          | Uint8Array
          | Date
          | ((...given: never[]) => unknown)
      ? never
      : { [K in keyof T]: Plain<T[K]> }

/** The same, where the compiler sees that it can be written to a file. */
export function plain<T>(data: T & Plain<T>): T {
  return data
}

/** A copy of its own of what is going to be written to a file. That it can be, the compiler checks. */
export function copyPlain<T>(data: T & Plain<T>): T {
  return structuredClone<T>(data)
}
