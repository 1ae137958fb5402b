// What work costs, whatever else the machine does meanwhile: the processor's time for it, not that of the clock.

/** The milliseconds of processor time that this process spends until `work` is done, the least of some readings. */
export async function processorMs(work: () => unknown, readings = 1): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < readings; reading += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
