const pureCallback = 'where its results are floats the rule refuses; others have no tangents to be wrong'
const noResults = 'it has no results; test/transforms/debug.test.ts has what it is called with'
const noForward = 'the rule refuses: there is no forward mode'
const noReverse = 'the rule refuses: the number of runs is not known before'

/** Changes that no law can see, and why; `primitive, rule: change`. */
export const explainedSurvivors: Readonly<Record<string, string>> = {
  'pureCallback, jvp: the last tangent negated': pureCallback,
  'pureCallback, jvp: the last tangent doubled': pureCallback,
  'pureCallback, jvp: the last tangent dropped': pureCallback,
  'axisIndex, abstractEval: the shape reversed': 'it is a scalar',
  'axisIndex, batch: the lanes of one operand reversed': 'it has no operands',
  'customVjpLinear, jvp: the last tangent negated': noForward,
  'customVjpLinear, jvp: the last tangent doubled': noForward,
  'customVjpLinear, jvp: the last tangent dropped': noForward,
  'debugCallback, abstractEval: the shape reversed': noResults,
  'debugCallback, abstractEval: another dtype': noResults,
  'debugCallback, abstractEval: one axis more': noResults,
  'debugCallback, batch: the lanes of the results reversed': noResults,
  'debugCallback, batch: the results of the first lane taken for all': noResults,
  'debugCallback, batch: the lanes of one operand reversed': noResults,
  'while, transpose: the last cotangent negated': noReverse,
  'while, transpose: the last cotangent doubled': noReverse,
  'while, transpose: the last cotangent dropped': noReverse,
}
