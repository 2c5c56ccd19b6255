/** What keeps a text from being an absolute http or https URL; undefined when nothing does. */
export function httpUrlProblem(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:\/\//i.test(text)) return 'must be an absolute http or https URL'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  return undefined
}
