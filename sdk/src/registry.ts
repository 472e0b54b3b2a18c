import type { z } from 'zod'
import type { BaseIntegration, IntegrationClass } from './integration.ts'
import type { JsonObject } from './json.ts'

/**
 * Integrations known by name. Empty here; authors add theirs, and names are typed from then on:
 *
 * ```ts
 * declare module '@crosswalk/sdk' {
 *   interface IntegrationRegistry { halopsa: typeof HaloPsa }
 * }
 * const halo = await ctx.getIntegration('halopsa')   // HaloPsa's client
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: authors merge into it, which a type alias does not allow
export interface IntegrationRegistry {}

/** A registered name, or any other: what is not registered is found, or not, when it runs. */
export type IntegrationName = Extract<keyof IntegrationRegistry, string> | (string & {})

/** An integration by its name or by its class. */
export type IntegrationRef = IntegrationName | IntegrationClass

/** The class that a name or class stands for; the general one for a name that is not registered. */
export type IntegrationClassOf<Ref> = Ref extends IntegrationClass
  ? Ref
  : Ref extends keyof IntegrationRegistry
    ? Extract<IntegrationRegistry[Ref], IntegrationClass>
    : IntegrationClass

/** The type of the client that `getClient` hands out; `unknown` for a name that is not registered. */
export type ClientOf<Ref> = InstanceType<IntegrationClassOf<Ref>> extends BaseIntegration<infer Client, infer _Data> ? Client : unknown

/** The mapping data that the class declares: its `mappingData` schema, else any object. */
export type MappingDataOf<Ref> =
  IntegrationClassOf<Ref> extends { mappingData: infer Schema extends z.ZodObject }
    ? z.output<Schema> extends JsonObject
      ? z.output<Schema>
      : JsonObject
    : JsonObject
