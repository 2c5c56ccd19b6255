/** Databases take no null byte and no half of a surrogate pair; what an outsider sent is kept but for those. */
export const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}').toWellFormed()
