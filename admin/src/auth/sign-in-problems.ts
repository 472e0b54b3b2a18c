/** What is said where a single sign-on leads back without having signed anybody in, by the code in the address. */
const sentences: Record<string, string> = {
  single_sign_on_not_invited:
    'You have no account here. Ask an administrator to invite you, by the address that your single sign-on knows you by.',
  single_sign_on_unverified:
    'The single sign-on has not verified your e-mail address. Verify it there, or ask an administrator to invite you.',
  single_sign_on_no_role: 'None of your groups has a role here. Ask an administrator which group you need.',
  single_sign_on_unavailable: 'The single sign-on does not answer as it should. Try again in a minute, or tell your administrator.',
  single_sign_on_not_set: 'No single sign-on is set up here any more. Sign in another way.',
}

export function problemWords(code: string): string | undefined {
  if (code === '') return undefined
  return sentences[code] ?? 'The single sign-on did not sign you in. Try again; if it lasts, tell your administrator.'
}
