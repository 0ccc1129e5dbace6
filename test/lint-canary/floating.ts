// Not part of the product: `make lint` fails unless the linter finds the floating promise below. It proves that
// type-aware rules really run; a linter that lost its type information would otherwise pass everything in silence.
async function work(): Promise<void> {}
work();
