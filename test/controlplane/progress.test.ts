import { describe, expect, it } from 'vitest';
import { elapsed, progress } from './progress.ts';

describe('progress', () => {
  it('counts downloads and compiled packages, and nothing else that Go prints', () => {
    const log =
      'go: downloading k8s.io/api v0.36.3\ninternal/cpu\nk8s.io/api/core/v1\n# k8s.io/api/core/v1\nx.go:1:2: no\n';
    expect(progress(log)).toBe('1 modules downloaded, 2 packages compiled');
  });

  it.each([
    [0, '0s'],
    [59_400, '59s'],
    [185_000, '3m05s'],
  ])('shows %d ms as %s', (ms, shown) => {
    expect(elapsed(ms)).toBe(shown);
  });
});
