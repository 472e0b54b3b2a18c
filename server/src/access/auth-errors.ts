import { defineErrors } from '../platform/errors.ts'

export const authError = defineErrors({
  unauthenticated: { status: 401, message: 'Sign in, or send an API key as `Authorization: Bearer <api key>`.' },
  forbidden: { status: 403, message: 'You are not allowed to do this.' },
  proof_required: {
    status: 403,
    message:
      'Prove once more that it is you: this could be done by somebody at your browser. Give your password, and the code of your second factor, or sign out and in again. Then it works for half an hour.',
  },
  viewing_as: {
    status: 403,
    message: 'You view Crosswalk as somebody else: nothing can be changed, and their own account is not shown. End the view first.',
  },
})

/** Of who comes with a key that was valid. */
export const keyUseError = defineErrors({
  key_expired: { status: 401, message: 'This API key has expired. Ask for a new one.' },
  key_revoked: { status: 401, message: 'This API key, or the one that it was made by, was revoked. Ask for a new one.' },
  key_value_ended: {
    status: 401,
    message:
      'This value of the API key has ended, because the person or key that rotated it is gone. Ask its maker, or who manages keys, to rotate it, and use the new one.',
  },
  key_address_refused: { status: 403, message: 'This API key is not taken from your address. Ask who made it to add the address.' },
  admin_key_off: {
    status: 401,
    message:
      'The administrator key of this installation is switched off. Use a key of your own, or unset CROSSWALK_ADMIN_KEY and start again.',
  },
})
