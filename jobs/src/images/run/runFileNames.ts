/** What a finished training leaves beside its checkpoint and its logs. */
export const runFiles = {
  page: 'index.html',
  report: 'report.json',
  weights: 'weights.safetensors',
  loss: 'loss.svg',
  accuracy: 'accuracy.svg',
  rate: 'learning-rate.svg',
  confusion: 'confusion.svg',
  mistakes: 'mistakes.png',
  filters: 'filters.png',
  maps: (layer: string) => `maps-${layer}.png`,
} as const
