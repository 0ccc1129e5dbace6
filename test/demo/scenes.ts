import { cap } from './scenes/cap.ts';
import { catalogue } from './scenes/catalogue.ts';
import { connection } from './scenes/connection.ts';
import { rotation } from './scenes/rotation.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  /** What is played on the stage; throws when something is not as expected. */
  readonly play: (stage: Stage) => Promise<void>;
  /** Flags of `helm install` beyond those of every scene. */
  readonly flags?: readonly string[];
}

const SCENES: Readonly<Record<string, Scene>> = {
  connection: { play: connection },
  catalogue: { play: catalogue },
  rotation: { play: rotation },
  cap: { play: cap, flags: ['--set=admissionPolicies.validate=true'] },
};

/** The scene of that name (`make demo SCENE=…`). */
export function sceneNamed(name: string): Scene {
  const scene = Object.hasOwn(SCENES, name) ? SCENES[name] : undefined;
  if (scene === undefined)
    throw new Error(`There is no scene "${name}"; there are ${Object.keys(SCENES).join(', ')}`);
  return scene;
}
