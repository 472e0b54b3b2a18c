/** Where OAuth and its like give out tokens: what they do not accept are credentials, with whichever status they say so. */
const addressOfTokens = /\/(oauth2?|tokens?|access_?tokens?|auth(enticate|entication|orize)?|log-?in|sign-?in)(\.\w+)?(\/|$)/i

/** The codes of RFC 6749 for credentials that are not accepted, those of Microsoft, and the sentences of vendors. */
const words =
  /\b(invalid_client|invalid_grant|unauthorized_client|access_denied|unauthori[sz]ed|forbidden|(bad|invalid|wrong|incorrect|unknown|expired|missing|no)[ _-]((api|client|access|refresh|auth\w*|security|user)[ _-])?(keys?|tokens?|credentials?|clients?|secrets?|passwords?|grants?|log-?ins?|user ?names?)|authentication (failed|required|is required)|not (authenticated|authori[sz]ed)|AADSTS(7000\d+|700016|90002|50\d{3}))\b/i

/** Whether a sentence says that credentials were not accepted. */
export function saysCredentials(sentence: string): boolean {
  return words.test(sentence)
}

const wrongCredentials =
  /\b(invalid_client|invalid_grant|unauthorized_client|(bad|invalid|wrong|incorrect|unknown|expired|revoked)[ _-]((api|client|access|refresh|auth\w*|security|user)[ _-])?(keys?|tokens?|credentials?|clients?|secrets?|passwords?|grants?|log-?ins?|user ?names?)|authentication (failed|required|is required)|not authenticated|AADSTS(7000\d+|700016|90002|50\d{3}))\b/i

/** Whether a sentence says that credentials themselves are wrong, and not that they may not do something. */
export function saysWrongCredentials(sentence: string): boolean {
  return wrongCredentials.test(sentence)
}

/**
 * Whether an answer with a 4xx status means that credentials were not accepted: a token endpoint says 400, and some vendors do so everywhere.
 *
 * @param answer.url of the request; empty where it is not known
 * @param answer.said what the vendor said of it
 */
export function refusesCredentials({ status, url, said }: { status: number; url: string; said: string }): boolean {
  if (status === 401 || status === 403) return true
  if (status !== 400 && status !== 422) return false
  return addressOfTokens.test(URL.parse(url)?.pathname ?? '') || saysCredentials(said)
}
