import { performDeed } from '@quantrac/conformance/perform-deed';
import { deeds } from './conformance-deeds.ts';
import { logInFolder } from './sqlite-log-in-folder.ts';

await performDeed(deeds, logInFolder);
