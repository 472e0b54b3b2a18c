import type { Integration, Organization } from '@crosswalk/client'
import { Group, Stack, Text, ThemeIcon, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { Panel } from '../elements/panel.tsx'
import { CredentialsForm } from '../parts/value-form/credentials-form.tsx'
import { missingOf, unmadeOf } from '../parts/value-form/requirements.ts'
import { paths } from '../paths.ts'
import { executionsPage } from '../queries/executions.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappedOrganizations } from '../queries/mappings.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { useDiscovery } from '../queries/use-discovery.ts'
import { pollEvery } from '../server-state.ts'
import { useGo } from '../url-state.ts'
import { useRefused } from './use-refused.ts'

type FirstStep = {
  title: string
  text: ReactNode
  isDone: boolean
  button: { label: string; onClick: () => void; reason?: string | undefined }
  /** Another way to the same, where there is one. */
  other?: { label: string; to: string } | undefined
}

export type Progress = {
  integrations: Integration[]
  organizations: Organization[]
  isMapped: boolean
  hasRun: boolean
}

/** How far a fresh installation is; null once it is in use (or where that cannot be told), undefined while it is asked. */
export function useProgress(): Progress | null | undefined {
  const integrations = useQuery(integrationsFor())
  const organizations = useQuery(organizationChoices(''))
  const counts = useQuery(mappedOrganizations)
  const mapped = counts.data && Math.max(0, ...counts.data.ofIntegration.values())
  const ran = useQuery({
    ...executionsPage({ kind: 'workflow', limit: 1 }),
    // Once something ran, that does not change.
    refetchInterval: (query) => pollEvery(query, (page) => (page && page.executions.length > 0 ? false : 10_000)),
  })
  if ([integrations, organizations, counts, ran].some(({ data, error }) => !data && error)) return null
  if (!integrations.data || !organizations.data || mapped === undefined || !ran.data) return undefined
  const hasRun = ran.data.executions.length > 0
  if (mapped > 0 && hasRun) return null
  return { integrations: integrations.data.integrations, organizations: organizations.data, isMapped: mapped > 0, hasRun }
}

/** For a fresh installation: what to do, in order. It goes when all is done. */
export function FirstSteps({ progress }: { progress: Progress }) {
  const go = useGo()
  const [setting, setSetting] = useState<Integration>()
  const [isOpen, setOpen] = useState(false)
  const { integrations, organizations, isMapped, hasRun } = progress
  const refused = useRefused(integrations)
  const { discover } = useDiscovery(setting?.name ?? '', undefined)
  const active = organizations.filter(({ is_active }) => is_active)
  const organization = active[0]
  const lister = integrations.find((each) => each.supports_org_mapping && each.supports_discovery && isReady(each, refused))
  const steps: FirstStep[] = [
    credentialsStep(integrations, refused, isMapped, {
      go,
      set(integration) {
        setSetting(integration)
        setOpen(true)
      },
    }),
    {
      title: 'Add an organization',
      text: 'An organization is one of your customers.',
      isDone: organization !== undefined,
      button: { label: 'Add organization', onClick: () => go(paths.organizations({ add: 'yes' })) },
      other: lister && {
        label: `Or add those that ${lister.display_name} has`,
        to: paths.integrationMatch(lister.name, { view: 'add' }),
      },
    },
    {
      ...mappingStep(organization, isMapped, go),
      other:
        lister && active.length > 1
          ? { label: `Or match all ${active.length} by name`, to: paths.integrationMatch(lister.name) }
          : undefined,
    },
    {
      title: 'Run a workflow',
      text: 'It runs for the organization, using its mapping.',
      isDone: hasRun,
      button: {
        label: 'Choose a workflow',
        onClick: () => go(paths.workflows({ org: organization?.id ?? '' })),
        reason: isMapped ? undefined : 'Map an organization first.',
      },
    },
  ]
  const next = steps.findIndex(({ isDone }) => !isDone)
  return (
    <Panel title="First steps" description="Crosswalk keeps which customer is which organization in each of your tools.">
      <Stack component="ol" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        {steps.map((step, index) => (
          <StepItem key={step.title} step={step} number={index + 1} isNext={index === next} />
        ))}
      </Stack>
      {setting && isOpen && (
        <CredentialsForm
          integration={setting}
          onClose={() => setOpen(false)}
          // Whether they are right is what decides if this step is done.
          onSaved={() => setting.supports_discovery && discover({ refresh: true })}
        />
      )}
    </Panel>
  )
}

type Refused = ReadonlyMap<string, string>

/** True where its credentials are there, a person has connected it where that is needed, and the vendor has not refused them. */
const isReady = (integration: Integration, refused: Refused) =>
  missingOf(integration).length === 0 && unmadeOf(integration).length === 0 && !refused.has(integration.name)

type CredentialsActions = { go: (path: string) => void; set: (integration: Integration) => void }

/** Where there are several integrations, one of them is enough to begin with. */
function credentialsStep(
  integrations: readonly Integration[],
  refused: Refused,
  isMapped: boolean,
  { go, set }: CredentialsActions,
): FirstStep {
  const mappable = integrations.filter(({ supports_org_mapping }) => supports_org_mapping)
  const [integration, ...others] = mappable
  const isDone = mappable.some((each) => isReady(each, refused)) || (isMapped && refused.size === 0)
  const open = { label: 'Open integrations', onClick: () => go(paths.integrations()) }
  if (!integration) {
    const text = 'There is no integration yet: they are files in the workspace.'
    return { title: 'Give an integration its credentials', isDone, button: open, text }
  }
  if (others.length > 0) {
    const text = `An integration is one of your tools. One is enough to begin with: ${someNames(mappable)}.`
    return { title: 'Give an integration its credentials', isDone, button: { ...open, label: 'Choose an integration' }, text }
  }
  const missing = missingOf(integration)
  const said = refused.get(integration.name)
  if (said !== undefined) {
    return {
      title: `Give ${integration.display_name} its credentials`,
      isDone,
      button: { label: 'Change credentials', onClick: () => set(integration) },
      text: `${integration.display_name} did not accept the credentials: ${said}`,
    }
  }
  const unmade = unmadeOf(integration).map(({ label }) => label)
  if (missing.length === 0 && unmade.length > 0) {
    return {
      title: `Connect ${integration.display_name}`,
      isDone,
      button: { label: 'Open its page', onClick: () => go(paths.integration(integration.name)) },
      text: `${integration.display_name} is one of your tools. Not connected yet: ${unmade.join(', ')}.`,
    }
  }
  return {
    title: `Give ${integration.display_name} its credentials`,
    isDone,
    button: { label: 'Set credentials', onClick: () => set(integration) },
    text: `${integration.display_name} is one of your tools. Missing: ${missing.map(({ label }) => label).join(', ')}.`,
  }
}

const maxNamed = 4

function someNames(integrations: readonly Integration[]): string {
  const names = integrations.slice(0, maxNamed).map(({ display_name }) => display_name)
  const others = integrations.length - names.length
  return others > 0 ? `${names.join(', ')} or ${others} more` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function mappingStep(organization: Organization | undefined, isDone: boolean, go: (path: string) => void): FirstStep {
  return {
    title: organization ? `Map ${organization.name}` : 'Map the organization',
    text: 'A mapping says which organization of a tool your customer is.',
    isDone,
    button: {
      label: 'Add Integration Mapping',
      onClick: () => organization && go(paths.organizationMappings(organization.id, { mapping: 'new' })),
      reason: organization ? undefined : 'Add an organization first.',
    },
  }
}

function StepItem({ step, number, isNext }: { step: FirstStep; number: number; isNext: boolean }) {
  const { title, text, isDone, button, other } = step
  return (
    <Group component="li" justify="space-between" gap="sm" wrap="nowrap" className="first-step">
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon radius="xl" variant={isNext ? 'filled' : 'light'} aria-hidden {...(isDone ? { color: 'green' } : {})}>
          {isDone ? <IconCheck size={16} /> : number}
        </ThemeIcon>
        <div>
          <Text fw={600} {...(isDone ? { c: 'dimmed' } : {})}>
            {title}
            {isDone && <VisuallyHidden> (done)</VisuallyHidden>}
          </Text>
          {!isDone && (
            <Text size="sm" c="dimmed">
              {text} {other && <AppLink to={other.to}>{other.label}</AppLink>}
            </Text>
          )}
        </div>
      </Group>
      {!isDone && (
        <ActionButton
          size="xs"
          variant={isNext ? 'filled' : 'default'}
          onClick={button.onClick}
          reason={button.reason}
          maw={220}
          style={{ flexShrink: 0 }}
        >
          {button.label}
        </ActionButton>
      )}
    </Group>
  )
}
