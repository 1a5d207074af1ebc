/** Whether `n` is a prime, by trial division: for numbers of slots, up to a few millions. */
export function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return Number.isInteger(n) && n >= 2;
}
