import { defineErrors } from '../platform/errors.ts'

export const personError = defineErrors({
  person_not_found: { status: 404, message: 'There is no such person. They may have been removed meanwhile.' },
  person_exists: { status: 409, message: 'Somebody with this e-mail address is here already. Open People and look for the address.' },
  person_deactivated: { status: 409, message: 'This person is deactivated. Activate them first.' },
  last_administrator: {
    status: 409,
    message:
      'This is the last administrator who can sign in. Make somebody else an administrator of all organizations first, and have them take their invitation.',
  },
  first_administrator_exists: {
    status: 409,
    message: 'There are people here already. Sign in, or ask an administrator to invite you.',
  },
  sign_in_failed: {
    status: 401,
    message: 'The e-mail address or the password is not right. Try again, or ask an administrator for a link that sets a new password.',
  },
  code_refused: { status: 401, message: 'This code is not right, or was used already. Wait for the next one, or use a recovery code.' },
  second_factor_expired: { status: 401, message: 'This took too long, or too many codes were wrong. Sign in again from the start.' },
  wrong_password: { status: 403, message: 'The password is not right. Nothing was changed.' },
  person_link_used: {
    status: 410,
    message: 'This link was used already, is too old, or was replaced by a newer one. Ask an administrator for another.',
  },
  not_a_person: {
    status: 403,
    message: 'This is about the account of a person, and you have signed in with a key. Sign in with your e-mail address.',
  },
  viewing_oneself: { status: 409, message: 'This is yourself. Choose somebody else to view Crosswalk as.' },
  no_password: {
    status: 409,
    message: 'You sign in without a password. Sign out and in again: that proves who you are.',
  },
  no_second_factor: { status: 409, message: 'There is no second factor. Set one up first.' },
  passkey_refused: {
    status: 401,
    message: 'This passkey was not accepted. Try again, with a PIN, a finger or a face; or sign in with your password.',
  },
  passkey_not_found: { status: 404, message: 'You have no such passkey. It may have been removed meanwhile.' },
  second_factor_exists: { status: 409, message: 'A second factor is set up already. Remove it first to set up another.' },
})
