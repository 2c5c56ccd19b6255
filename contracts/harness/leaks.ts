/** What no answer may hold: a secret that another answer gave out, a stack, the database's own words. */
export interface LeakWatch {
  /** A secret of which every later answer must be free. */
  remember(secret: string): void
  leaksIn(text: string): string[]
}

const tellTales: [RegExp, string][] = [
  [/\n? {2,}at .{1,200}:\d+:\d+|node_modules|node:internal|\.[cm]?[jt]s:\d+/, 'a stack'],
  [
    /\bselect\b.{1,400}\bfrom\s+(?!where\b)\S.{0,200}\bwhere\b|\binsert into\b|\bdelete from\b|\bupdate \w+ set\b/i,
    'SQL'
  ],
  [
    /SQLITE_|constraint failed|violates \w+[- ]?\w* constraint|duplicate key value|relation "|ECONNREFUSED|MikroORM|Kysely/,
    "a word of the database's"
  ]
]

export function createLeakWatch(): LeakWatch {
  const secrets = new Set<string>()
  return {
    remember(secret) {
      if (secret.length >= 12) secrets.add(secret)
    },
    leaksIn(text) {
      const found = tellTales.filter(([pattern]) => pattern.test(text)).map(([, what]) => what)
      return [...secrets].some(secret => text.includes(secret)) ? [...found, 'a secret'] : found
    }
  }
}
