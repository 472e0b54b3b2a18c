/** What people call the things that events are about, by the action's first word. */
const nouns: Record<string, string> = {
  admin_key: 'administrator key',
  api_key: 'API key',
  approval: 'approval',
  batch: 'batch',
  config: 'config value',
  connection: 'connection',
  data_provider: 'data provider',
  device: 'command line',
  egress: 'connection',
  execution: 'execution',
  integration: 'integration',
  integration_mapping: 'mapping',
  organization: 'organization',
  organizations: 'organizations',
  organization_field: 'custom field of organizations',
  passkey: 'passkey',
  password: 'password',
  person: 'person',
  person_view: 'view as a person',
  recovery_codes: 'recovery codes',
  request: 'request',
  schedule: 'schedule',
  second_factor: 'second factor',
  secret: 'secret',
  session: 'session',
  sign_in_settings: 'sign-in settings',
  sign_in_token: 'sign-in link',
  vendor_connection: 'connection to a vendor',
  workflow: 'workflow',
  workspace: 'workspace',
}

/** What people say was done, by the action's last word. */
const verbs: Record<string, string> = { executed: 'run', retried: 'tried again', updated: 'changed' }

/** Where noun and verb do not make what people say. */
const sentences: Record<string, string> = {
  'api_key.value_ended': 'Value of an API key ended with who had rotated it',
  'approval.approved': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.requested': 'Approval asked for',
  'device.approved': 'Command line let in',
  'device.denied': 'Command line kept out',
  'egress.refused': 'Connection of author code refused',
  'batch.created': 'Batch started',
  'integration_mapping.deleted': 'Mapping deactivated',
  'person.created': 'Person added',
  'person.deleted': 'Person removed',
  'person.invited': 'Invitation made',
  'person.reactivated': 'Person activated again',
  'person.reset_offered': 'Link for a new password made',
  'second_factor.set': 'Second factor set up',
  'request.refused': 'Request refused',
  'schedule.reset': 'Schedule set back to what its file says',
  'data_provider.asked': 'Options asked of a data provider',
  'integration.discovered': 'Discovery started',
  'integration.tested': 'Mapping tested before it was saved',
  'secret.expiry_set': 'Expiry of a secret set',
  'secret.moved': 'Secret moved to another place',
  'secret.read': 'Secret read by an execution',
  'secret.restored': 'Earlier version of a secret set again',
  'secret.rotated': 'Secrets sealed with a new master key',
  'vendor_connection.link_created': 'Link to connect to a vendor made',
  'vendor_connection.link_revoked': 'Link to connect to a vendor revoked',
  'session.created': 'Signed in',
  'session.deleted': 'Signed out',
  'session.limited': 'Signing in refused after too many wrong keys',
  'session.proved': 'Proved again who they are',
  'session.refused': 'Signing in refused',
  'session.revoked': 'Session ended by an administrator',
}

const spaced = (word: string) => word.replaceAll('_', ' ')
const nounOf = (word: string) => nouns[word] ?? spaced(word)
const verbOf = (word: string) => verbs[word] ?? spaced(word)

/** An action as a person says it: `integration_mapping.updated` is "Mapping changed". */
export function wordsOfAction(action: string): string {
  const [noun = '', verb = ''] = action.split('.')
  const sentence = sentences[action] ?? `${nounOf(noun)} ${verbOf(verb)}`
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1)
}

/** Which actions are meant by a word that stands in what people say of them, but not in the action itself. */
export type MeantActions = { nouns: string[]; verbs: string[]; actions: string[] }

/** @param word any part of a word, in any case */
export function actionsMeantBy(word: string): MeantActions {
  const wanted = word.toLowerCase()
  const keysOf = (words: Record<string, string>) =>
    Object.entries(words).flatMap(([key, said]) => (said.toLowerCase().includes(wanted) ? [key] : []))
  return { nouns: keysOf(nouns), verbs: keysOf(verbs), actions: keysOf(sentences) }
}
