// The build, by tsdown's function: its command greets every Node 20 with a warning.
import { build } from 'tsdown';

await build({ logLevel: 'error' });
