import { cashMachine } from './cash-machine.ts';
import { environmentSensor } from './environment-sensor.ts';
import { fields } from './fields.ts';
import { inspection } from './inspection.ts';
import type { DeviceModel } from './model.ts';
import { phoneMotion } from './phone-motion.ts';
import { replay } from './replay.ts';
import { rotatingMachine } from './rotating-machine.ts';
import { sensorBoard } from './sensor-board.ts';
import { turbine } from './turbine.ts';

/** Every device model by name, sorted: a new model is one file and one line here. */
export const models: Readonly<Record<string, DeviceModel>> = {
  'cash-machine': cashMachine,
  'environment-sensor': environmentSensor,
  fields,
  inspection,
  'phone-motion': phoneMotion,
  replay,
  'rotating-machine': rotatingMachine,
  'sensor-board': sensorBoard,
  turbine,
};
