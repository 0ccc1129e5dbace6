/** The faults of a simulator, as far as reading one needs to know them. */
export interface KnownFaults<Faults extends object> {
  /** Values in a healthy simulator; a fault whose value is a number takes any number. */
  readonly usual: Faults;
  /** Values that other faults can have; `on` alone where there are none. */
  readonly choices: Partial<Record<keyof Faults, readonly (string | number)[]>>;
}

/** Reads a fault as typed by a person. Throws an error that names what is allowed. */
export function readFault<Faults extends object>(
  { usual, choices }: KnownFaults<Faults>,
  name: string,
  value: string,
): Partial<Faults> {
  if (!Object.hasOwn(usual, name)) {
    throw new Error(`Unknown fault "${name}": allowed are ${Object.keys(usual).join(', ')}`);
  }
  const fault = name as keyof Faults;
  const read = (): unknown =>
    typeof usual[fault] === 'number' ? readNumber(name, value) : readChoice(name, value, choices[fault]);
  return { [fault]: value === 'off' ? usual[fault] : read() } as Partial<Faults>;
}

function readNumber(name: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) {
    throw new Error(`Fault "${name}" needs a whole number or off, current value is "${value}"`);
  }
  return Number(value);
}

function readChoice(
  name: string,
  value: string,
  allowed: readonly (string | number)[] = ['on'],
): string | number | boolean {
  const chosen = allowed.find((each) => String(each) === value);
  if (chosen === undefined) {
    throw new Error(`Fault "${name}" can be ${[...allowed, 'off'].join(', ')}, current value is "${value}"`);
  }
  return chosen === 'on' ? true : chosen;
}
