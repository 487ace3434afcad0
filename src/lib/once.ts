// A value that is made when it is first asked for, and kept: what only some processes need must not slow down the start of all.

/** What `make` returned when it was first called. One that throws is tried again. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
