/** `LLM_MODEL`, its key or `LLM_HOST` do not fit together: the engine must not start. */
export class ModelConfigurationError extends Error {
  override readonly name = 'ModelConfigurationError'
}
