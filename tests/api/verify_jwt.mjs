/*
 * verify_jwt.mjs - confere um token só com o que está publicado, por uma
 * implementação que não é a nossa (node:crypto). Lê {"jwks": …, "token": …}
 * da entrada padrão; escreve as declarações, ou sai com 1.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { jwks, token } = JSON.parse(readFileSync(0, 'utf8'));
const [head, claims, signature] = token.split('.');
const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
const { alg, kid, typ } = read(head);
const jwk = jwks.keys.find((key) => key.kid === kid);

const die = (why) => {
  console.error(why);
  process.exit(1);
};

if (!jwk) die(`nenhuma chave publicada é ${kid}`);
if (typ !== 'JWT' || jwk.alg !== alg || jwk.use !== 'sig') die('cabeçalho e chave não combinam');

/* O kid é mesmo a impressão digital da RFC 7638. */
const required = jwk.kty === 'EC' ? ['crv', 'kty', 'x', 'y'] : ['e', 'kty', 'n'];
const members = Object.fromEntries(required.map((name) => [name, jwk[name]]));
if (createHash('sha256').update(JSON.stringify(members)).digest('base64url') !== kid) die('kid não é a impressão digital');

const key = createPublicKey({ key: jwk, format: 'jwk' });
const good = verify(
  'sha256',
  Buffer.from(`${head}.${claims}`),
  jwk.kty === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key,
  Buffer.from(signature, 'base64url'),
);
if (!good) die('a assinatura não confere');
console.log(JSON.stringify(read(claims)));
