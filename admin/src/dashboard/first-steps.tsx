import type { Integration, Organization } from '@crosswalk/client'
import { Group, Stack, Text, ThemeIcon, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { Panel } from '../elements/panel.tsx'
import { paths } from '../paths.ts'
import { executionsPage } from '../queries/executions.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappedOrganizations } from '../queries/mappings.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'
import { CredentialsForm } from '../value-form/credentials-form.tsx'
import { missingOf } from '../value-form/requirements.ts'

type FirstStep = {
  title: string
  text: ReactNode
  isDone: boolean
  button: { label: string; onClick: () => void; reason?: string | undefined }
}

/** How far a fresh installation is; undefined while that is not known, and once it is in use. */
function useProgress() {
  const integrations = useQuery(integrationsFor()).data?.integrations
  const organizations = useQuery(organizationChoices('')).data
  const counts = useQuery(mappedOrganizations).data
  const mapped = counts && Math.max(0, ...counts.ofIntegration.values())
  const ran = useQuery({ ...executionsPage({ kind: 'workflow', limit: 1 }), enabled: mapped !== undefined && mapped < 2 }).data
  if (!integrations || !organizations || mapped === undefined || mapped > 1 || !ran) return undefined
  const hasRun = ran.executions.length > 0
  return mapped > 0 && hasRun ? undefined : { integrations, organizations, isMapped: mapped > 0, hasRun }
}

/** For a fresh installation: what to do, in order. It goes when all is done, or when more than one organization is mapped. */
export function FirstSteps() {
  const progress = useProgress()
  const go = useGo()
  const [setting, setSetting] = useState<Integration>()
  if (!progress) return null
  const { integrations, organizations, isMapped, hasRun } = progress
  const organization = organizations.find(({ is_active }) => is_active)
  const steps: FirstStep[] = [
    { ...credentialsStep(integrations, { go, set: setSetting }), ...(isMapped ? { isDone: true } : {}) },
    {
      title: 'Add an organization',
      text: 'An organization is one of your customers.',
      isDone: organization !== undefined,
      button: { label: 'Add Organization', onClick: () => go(paths.organizations({ add: 'yes' })) },
    },
    mappingStep(organization, isMapped, go),
    {
      title: 'Run a workflow',
      text: 'It does its work for the organization, with what the mapping says.',
      isDone: hasRun,
      button: {
        label: 'Choose a Workflow',
        onClick: () => go(paths.workflows()),
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
      {setting && <CredentialsForm integration={setting} onClose={() => setSetting(undefined)} />}
    </Panel>
  )
}

type CredentialsActions = { go: (path: string) => void; set: (integration: Integration) => void }

function credentialsStep(integrations: readonly Integration[], { go, set }: CredentialsActions): FirstStep {
  const mappable = integrations.filter(({ supports_org_mapping }) => supports_org_mapping)
  const [integration, another] = mappable
  const missing = integration && !another ? missingOf(integration) : []
  const title = integration && !another ? `Give ${integration.display_name} its credentials` : 'Give an integration its credentials'
  const isDone = mappable.some((each) => missingOf(each).length === 0)
  const open = { label: 'Open Integrations', onClick: () => go(paths.integrations()) }
  if (!integration) return { title, isDone, button: open, text: 'There is no integration yet: they are files in the workspace.' }
  if (missing.length === 0)
    return { title, isDone, button: open, text: 'An integration is one of your tools. Without credentials it cannot be asked.' }
  return {
    title,
    isDone,
    button: { label: 'Set Credentials', onClick: () => set(integration) },
    text: `${integration.display_name} is one of your tools. Missing: ${missing.map(({ label }) => label).join(', ')}.`,
  }
}

function mappingStep(organization: Organization | undefined, isDone: boolean, go: (path: string) => void): FirstStep {
  return {
    title: 'Map it',
    text: 'A mapping says which organization of the tool your customer is.',
    isDone,
    button: {
      label: organization ? `Map ${organization.name}` : 'Add Mapping',
      onClick: () => organization && go(paths.organizationMappings(organization.id, { mapping: 'new' })),
      reason: organization ? undefined : 'Add an organization first.',
    },
  }
}

function StepItem({ step, number, isNext }: { step: FirstStep; number: number; isNext: boolean }) {
  const { title, text, isDone, button } = step
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
              {text}
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
