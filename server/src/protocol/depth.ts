const quote = 0x22
const backslash = 0x5c

/** Whether JSON text holds nothing that is nested deeper, looked at before it is parsed: what follows a value down has a stack of its own. */
export function isWithinDepth(json: string, maxDepth: number): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case quote:
        at = endOfText(json, at)
        break
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > maxDepth) return false
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth--
        break
    }
  }
  return true
}

/** Where the text that begins with this quote ends. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0
    while (json.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return json.length
}
