const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** How a schema's own words for a refusal begin, and ours for people, which follow the name of the field. */
const words: [RegExp, (...parts: string[]) => string][] = [
  [/^Invalid ISO datetime$/, () => 'must be a date and time such as 2025-10-11T10:00:00Z'],
  [/^Invalid UUID$/, () => 'must be a UUID'],
  [/^Invalid input: expected (\w+), received (?:\w+)$/, (type = '') => `must be ${typeNames[type] ?? type}`],
  [/^Invalid option: expected one of (.+)$/, (options = '') => `must be one of: ${options.replaceAll('"', '').split('|').join(', ')}`],
  [/^Too small: expected (?:number|int) to be >=(\S+)$/, (limit) => `must be at least ${limit}`],
  [/^Too big: expected (?:number|int) to be <=(\S+)$/, (limit) => `must be at most ${limit}`],
  [/^Too small: expected string to have >=1 characters$/, () => 'must not be empty'],
  [/^Too big: expected string to have <=(\d+) characters$/, (limit) => `must be at most ${limit} characters long`],
  [/^Too small: expected array to have >=(\d+) items$/, (limit) => `must have at least ${limit} ${limit === '1' ? 'item' : 'items'}`],
  [/^Too big: expected array to have <=(\d+) items$/, (limit) => `must have at most ${limit} items`],
]

/** What is wrong with a field of a request, in words. What is in our words already stays. */
export function refusalWords(message: string): string {
  for (const [pattern, say] of words) {
    const found = pattern.exec(message)
    if (found) return say(...found.slice(1))
  }
  return message
}
