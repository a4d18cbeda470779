/** Name of the record header that carries an event's id beside its payload; the same as that of the user property under MQTT 5. */
export const IDENTITY_HEADER = 'iotload-id';
