import type { PublishedDefinition } from '../protocol/channel.ts'

export type DefinitionKind = PublishedDefinition['kind']
export type DefinitionOf<Kind extends DefinitionKind> = Extract<PublishedDefinition, { kind: Kind }>
export type IntegrationDefinition = DefinitionOf<'integration'>
export type WorkflowDefinition = DefinitionOf<'workflow'>
export type DataProviderDefinition = DefinitionOf<'data_provider'>
