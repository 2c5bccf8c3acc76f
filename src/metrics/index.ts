export { accuracyFold } from './accuracyFold.js'
export { classificationReport, occurringLabels, type ReportOptions } from './classificationReport.js'
export type { Classified } from './classified.js'
export {
  type ClassScores,
  classScores,
  macroAverage,
  microAverage,
  type PrecisionRecall,
  precisionRecallFold,
  weightedAverage,
} from './classScores.js'
export { confusionFold } from './confusionFold.js'
export { type ConfusionMatrix, confusionMatrix, printConfusionMatrix } from './confusionMatrix.js'
export { combineFolds, type Fold, foldAll, mapInput, mapResult } from './fold.js'
export { type BatchLoss, meanLoss } from './meanLoss.js'
export { rocAuc, type Scored } from './rocAuc.js'
export { type OneVsRest, rocAucOneVsRest, type ScoredRows } from './rocAucOneVsRest.js'
