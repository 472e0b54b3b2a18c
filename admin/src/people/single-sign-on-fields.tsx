import { type SignInSettings, testSingleSignOn } from '@crosswalk/client'
import { Alert, Button, Checkbox, Code, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { GrantsField } from '../parts/grants/grants-field.tsx'
import { GroupGrants } from './group-grants.tsx'
import type { SingleSignOnDraft } from './single-sign-on-draft.ts'

type SingleSignOnFieldsProps = {
  draft: SingleSignOnDraft
  onChange: (draft: SingleSignOnDraft) => void
  settings: SignInSettings
  errors: Record<string, string[]>
}

const decisions = [
  {
    name: 'createsPeople',
    label: 'Make an account for who has none',
    description: 'Only for those who get a role by the above.',
  },
  {
    name: 'managesGrants',
    label: 'Groups decide at each sign-in',
    description: 'Roles that were given here by hand are replaced then.',
  },
  {
    name: 'trustsAddresses',
    label: 'Take its e-mail addresses as they are',
    description:
      'Entra ID does not say which addresses it has verified. Only where nobody can choose their own address there: by it people are known here.',
  },
  {
    name: 'isOnly',
    label: 'Only single sign-on',
    description: 'Nobody signs in with a password any more. The administrator key still does.',
  },
] as const satisfies { name: keyof SingleSignOnDraft; label: string; description: string }[]

/** A provider that says who somebody is. */
export function SingleSignOnFields({ draft, onChange, settings, errors }: SingleSignOnFieldsProps) {
  const change = (part: Partial<SingleSignOnDraft>) => onChange({ ...draft, ...part })
  const errorOf = (field: string) => errors[field]?.join('; ')
  const hasSecret = settings.single_sign_on?.has_client_secret ?? false
  return (
    <Stack>
      <Switch
        label="People sign in by single sign-on"
        checked={draft.isOn}
        onChange={(event) => change({ isOn: event.currentTarget.checked })}
      />
      {draft.isOn && (
        <>
          <Text size="sm">
            Register Crosswalk at the provider as a web application, with this address to come back to: <Code>{settings.redirect_uri}</Code>
          </Text>
          <TextInput
            label="Name"
            description="What the button says: Sign in with …"
            maxLength={100}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={errorOf('name')}
          />
          <TextInput
            label="Issuer"
            description="Of Entra ID: https://login.microsoftonline.com/<tenant id>/v2.0"
            value={draft.issuer}
            onChange={(event) => change({ issuer: event.currentTarget.value })}
            error={errorOf('issuer')}
          />
          <TextInput
            label="Client id"
            value={draft.clientId}
            onChange={(event) => change({ clientId: event.currentTarget.value })}
            error={errorOf('client_id')}
          />
          <PasswordInput
            label="Client secret"
            description={hasSecret ? 'One is set. Leave this empty to keep it.' : 'It is kept sealed, and shown to nobody.'}
            autoComplete="off"
            value={draft.clientSecret}
            onChange={(event) => change({ clientSecret: event.currentTarget.value })}
            error={errorOf('client_secret')}
          />
          <ConnectionTest draft={draft} />
          <Stack gap="xs">
            <Text size="sm" fw={600}>
              Roles of everyone who comes from there
            </Text>
            <GrantsField value={draft.defaultGrants} onChange={(defaultGrants) => change({ defaultGrants })} isOptional />
          </Stack>
          <TextInput
            label="Claim with the groups"
            description="Entra ID and most others call it groups. Its values are the ids of groups in Entra ID."
            maxLength={100}
            value={draft.groupsClaim}
            onChange={(event) => change({ groupsClaim: event.currentTarget.value })}
            error={errorOf('groups_claim')}
          />
          <GroupGrants value={draft.groupGrants} onChange={(groupGrants) => change({ groupGrants })} />
          {decisions.map(({ name, label, description }) => (
            <Checkbox
              key={name}
              label={label}
              description={description}
              checked={draft[name]}
              onChange={(event) => change({ [name]: event.currentTarget.checked })}
            />
          ))}
        </>
      )}
    </Stack>
  )
}

function ConnectionTest({ draft }: { draft: SingleSignOnDraft }) {
  const testing = useMutation({
    mutationFn: () =>
      testSingleSignOn({
        issuer: draft.issuer.trim(),
        client_id: draft.clientId.trim(),
        ...(draft.clientSecret === '' ? {} : { client_secret: draft.clientSecret }),
      }),
  })
  const isComplete = draft.issuer.trim() !== '' && draft.clientId.trim() !== ''
  const { data } = testing
  return (
    <Stack gap="xs">
      <Button
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        loading={testing.isPending}
        disabled={!isComplete}
        onClick={() => testing.mutate()}
      >
        Test this connection
      </Button>
      {data && (
        <Alert
          color={data.success ? 'green' : 'red'}
          variant="light"
          role="status"
          title={data.success ? 'It works' : 'It does not work yet'}
        >
          <Text size="sm" className="wrap-anywhere">
            {data.message}
          </Text>
        </Alert>
      )}
      {testing.error && <ErrorNotice error={testing.error} title="The connection was not tested" />}
    </Stack>
  )
}
