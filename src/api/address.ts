/** Parts of the addresses users write, as regular expressions that mean the same in RE2 and in JavaScript. */
const LABEL = '[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?';

/** A host name, an IPv4 address or a bracketed IPv6 address. */
export const HOST = `(${LABEL}(\\.${LABEL})*|\\[[0-9A-Fa-f:.]+\\])`;

/** A port from 1 to 65535. */
export const PORT = '(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})';
