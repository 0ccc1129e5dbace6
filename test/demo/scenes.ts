import { catalogue } from './scenes/catalogue.ts';
import { connection } from './scenes/connection.ts';
import type { Stage } from './stage.ts';

/** What is played on the stage; throws when something is not as expected. */
export type Scene = (stage: Stage) => Promise<void>;

const SCENES: Readonly<Record<string, Scene>> = { connection, catalogue };

/** The scene of that name (`make demo SCENE=…`). */
export function sceneNamed(name: string): Scene {
  const scene = Object.hasOwn(SCENES, name) ? SCENES[name] : undefined;
  if (scene === undefined)
    throw new Error(`There is no scene "${name}"; there are ${Object.keys(SCENES).join(', ')}`);
  return scene;
}
