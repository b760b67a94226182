import { toJSONSchema, type ZodType } from 'zod';

/** What Anthropic's structured output does not know; what comes back is checked by zod in any case. */
const unknown = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'];

/**
 * A schema in the form that all providers take as a strict one: objects are closed, and bounds of numbers and texts are left
 * out. Every field must be one that is always there (`nullable`, not `optional`): OpenAI wants all of them.
 */
export function replySchemaOf(schema: ZodType): Record<string, unknown> {
  const { $schema: _, ...known } = toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      for (const name of unknown) delete jsonSchema[name as keyof typeof jsonSchema];
      if (jsonSchema.type === 'object') jsonSchema.additionalProperties = false;
    },
  });
  return known;
}
