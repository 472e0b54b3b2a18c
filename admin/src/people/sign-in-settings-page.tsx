import { type SignInSettings, setSignInSettings } from '@crosswalk/client'
import { Button, Code, Group, Radio, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorsIn } from '../elements/field-errors.ts'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { useFocusFirstError } from '../elements/use-focus-first-error.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import { paths } from '../paths.ts'
import { signInSettings, signInSettingsKey } from '../queries/people.ts'
import { bodyOf, draftOf, problemOfDraft } from './single-sign-on-draft.ts'
import { SingleSignOnFields } from './single-sign-on-fields.tsx'

const rules = {
  optional: { label: 'Those who want to', description: 'Everyone may set one up in their profile.' },
  administrators: {
    label: 'Administrators',
    description: 'And those who manage people, keys or roles. Without one they can do nothing but set it up.',
  },
  everyone: { label: 'Everyone', description: 'Without one, people can do nothing but set it up.' },
} as const

/** How people may sign in here. */
export function SignInSettingsPage() {
  const query = useQuery(signInSettings)
  return (
    <>
      <PageHeader
        title="How people sign in"
        description="Second factors, and single sign-on with Microsoft Entra ID or any other provider of OpenID Connect."
        trail={[{ label: 'People', to: paths.people() }]}
      />
      <LoadState query={query} label="Loading the settings" failed="The settings could not be loaded" />
      {query.data && <SettingsForm settings={query.data} />}
    </>
  )
}

function SettingsForm({ settings }: { settings: SignInSettings }) {
  const [secondFactor, setSecondFactor] = useState(settings.second_factor)
  const [draft, setDraft] = useState(() => draftOf(settings.single_sign_on))
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const saving = useMutation({
    mutationFn: () => setSignInSettings({ second_factor: secondFactor, single_sign_on: draft.isOn ? bodyOf(draft) : null }),
    onSuccess(saved) {
      setDraft(draftOf(saved.single_sign_on))
      queries.setQueryData(signInSettingsKey, saved)
      notifyDone('The settings were saved')
    },
  })
  useFocusFirstError(form, saving.error)
  const problem = draft.isOn ? problemOfDraft(draft, settings.single_sign_on?.has_client_secret ?? false) : undefined
  const fields = fieldErrorsIn(saving.error, 'single_sign_on')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined) saving.mutate()
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack maw={760}>
        <ChangedBy type="sign_in_settings" id="sign_in_settings" orgId={null} version={JSON.stringify(settings)} />
        <Panel title="Second factor">
          <Radio.Group
            label="Who needs a second factor to sign in with a password"
            description="Who signs in by single sign-on or with a passkey needs none here."
            value={secondFactor}
            onChange={(value) => setSecondFactor(value as typeof secondFactor)} // one of the radios below
          >
            <Stack gap={6} mt={8}>
              {Object.entries(rules).map(([value, { label, description }]) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
        </Panel>
        <Panel title="Single sign-on">
          <SingleSignOnFields draft={draft} onChange={setDraft} settings={settings} errors={fields} />
        </Panel>
        <Panel title="Provisioning">
          <Text size="sm">
            Your identity provider can add and deactivate people here, and say which groups they are in, by SCIM 2.0. Give it the address{' '}
            <Code>{`${window.location.origin}/api/scim/v2`}</Code> and, as its token,{' '}
            <AppLink to={paths.keys({ add: 'yes' })} underline="always">
              an API key
            </AppLink>{' '}
            with the role provisioner for all organizations. Members of each group then get the roles that you set above.
          </Text>
        </Panel>
        {saving.error && Object.keys(fields).length === 0 && <ErrorNotice error={saving.error} title="The settings were not saved" />}
        <Group justify="flex-end">
          {problem}
          <Button type="submit" loading={saving.isPending} disabled={problem !== undefined}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
