// O contrato do tempo real, na frente de sempre (ou na de FRONT).
import { liveContract } from './contract.mjs';

liveContract(process.env.FRONT || 'nginx-nchan');
