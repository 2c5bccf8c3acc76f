/** Changes that no law can see, and why; `primitive, rule: change`. */
export const explainedSurvivors: Readonly<Record<string, string>> = {}
