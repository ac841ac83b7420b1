/** The most bytes that this process has had resident at one time; on a software adapter these hold the device's, too. Node only. */
export const processPeak = (): number => 1024 * process.resourceUsage().maxRSS;
