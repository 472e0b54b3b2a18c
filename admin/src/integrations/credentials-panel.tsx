import type { Integration } from '@crosswalk/client'
import { Code, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { Panel } from '../elements/panel.tsx'
import { CredentialsCheck, useAreCredentialsChecked } from '../parts/discovery/credentials-check.tsx'
import { useLackForAll, useMay } from '../parts/grants/use-may.ts'
import { SetStatus } from '../parts/status-badge.tsx'
import { CredentialsForm } from '../parts/value-form/credentials-form.tsx'
import { missingOf, type Requirement, requirementsOf } from '../parts/value-form/requirements.ts'
import { textOfValue } from '../parts/value-form/value-text.ts'
import { useDiscovery } from '../queries/use-discovery.ts'
import { configOf } from '../queries/values.ts'

/** What an integration needs to be asked: which of it is there, setting it, and whether the vendor takes it. */
export function CredentialsPanel({ integration }: { integration: Integration }) {
  const [isOpen, setOpen] = useState(false)
  const needs = requirementsOf(integration)
  const config = useQuery({ ...configOf(null), enabled: useMay('canViewConfigValues', null) }).data
  const isMissing = missingOf(integration).length > 0
  const discovery = useDiscovery(integration.name, undefined)
  const lack = useLackForAll('canManageSecrets')
  const isChecked = useAreCredentialsChecked(integration)
  // Who has set them wants to know whether they are right.
  const check = () => integration.supports_discovery && discovery.discover({ refresh: true })
  return (
    <Panel
      title="Credentials and config"
      description="Set here, they apply to every organization that has none of its own. Secrets are never shown again."
      actions={
        needs.length > 0 && (
          <ActionButton size="sm" variant={isMissing ? 'filled' : 'default'} reason={lack} onClick={() => setOpen(true)}>
            {isMissing ? 'Set credentials' : 'Change credentials'}
          </ActionButton>
        )
      }
    >
      <Stack gap="sm">
        {needs.length === 0 && <Text size="sm">It needs none.</Text>}
        {needs.map((need) => (
          <Need
            key={need.key}
            need={need}
            isChecked={isChecked && !discovery.isRunning}
            value={need.kind === 'config' ? config?.find(({ key }) => key === need.key)?.value : undefined}
          />
        ))}
        {integration.supports_discovery && !isMissing && <CredentialsCheck integration={integration} discovery={discovery} />}
        {needs.length > 0 && lack !== undefined && (
          <Text size="sm" c="dimmed">
            {lack}
          </Text>
        )}
      </Stack>
      {isOpen && <CredentialsForm integration={integration} onClose={() => setOpen(false)} onSaved={check} />}
    </Panel>
  )
}

type NeedProps = { need: Requirement; value: unknown; isChecked: boolean }

function Need({ need: { kind, key, label, description, required, is_set }, value, isChecked }: NeedProps) {
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
      <div>
        <Text fw={600}>
          {label}{' '}
          <Text span size="sm" c="dimmed" fw={400}>
            {kind === 'secret' ? 'secret' : 'config'}, {required ? 'required' : 'optional'}
          </Text>
        </Text>
        {value !== undefined && (
          <Text size="sm" className="wrap-anywhere">
            {textOfValue(value)}
          </Text>
        )}
        <Text size="sm" c="dimmed" className="wrap-anywhere">
          <Code>{key}</Code> {description}
        </Text>
      </div>
      <SetStatus isSet={is_set} isRequired={required} isChecked={isChecked} />
    </Group>
  )
}
