import { performDeed } from '@quantrac/sqlite/perform-deed';
import { deeds } from './conformance-deeds.ts';
import { logInFolder } from './sqlite-log-in-folder.ts';

await performDeed(deeds, logInFolder);
