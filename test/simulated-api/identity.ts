/** Letters of generated names: no vowels, so that they make no words. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 5;

/** The uid of an object, and the end of its name where that is generated: no two that are made have the same. */
export function identity(count: number): { uid: string; suffix: string } {
  const letters = Array.from(
    { length: LENGTH },
    (_, place) => LETTERS[Math.floor(count / LETTERS.length ** place) % LETTERS.length],
  );
  return {
    uid: `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`,
    suffix: letters.reverse().join(''),
  };
}
