/** Lines of a driver, as JSON. */
export function resetLine(count: number, more: object = {}): string {
  return JSON.stringify({
    type: 'reset',
    stepSeconds: 300,
    objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 },
    series: Array.from({ length: count }, (_, i) => ({
      id: `web-${i}`,
      cpuCapacityMillicores: 4000,
      memoryCapacityBytes: 8 * 2 ** 30,
    })),
    ...more,
  });
}

export function stepLine(time: number, count: number, more: object = {}): string {
  return JSON.stringify({
    type: 'step',
    time,
    cpuMillicores: Array.from({ length: count }, (_, i) => 100 + i),
    memoryBytes: Array.from({ length: count }, (_, i) => 2 ** 28 + i),
    outOfMemory: [],
    reply: false,
    ...more,
  });
}
