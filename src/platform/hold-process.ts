/**
 * Keeps the process from ending by itself until the returned function is called (twice is harmless). Timers of the
 * Clock do not, and between two attempts on a full pipe nothing else may be pending.
 */
export function holdProcess(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}
