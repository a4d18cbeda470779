/** A rolling bearing's inner measures, in any unit. */
export interface BearingGeometry {
  rollers: number;
  rollerDiameter: number;
  pitchDiameter: number;
  /** Cosine of the contact angle. */
  cosContact: number;
}

/** A deep-groove ball bearing 6205, mm. */
export const bearing6205: BearingGeometry = {
  rollers: 9,
  rollerDiameter: 7.94,
  pitchDiameter: 39.04,
  cosContact: 1,
};

/** Frequencies of damage as multiples of the shaft's, where nothing slips. */
export interface BearingOrders {
  /** Rollers that pass a point of the outer race. */
  outer: number;
  /** And of the inner race. */
  inner: number;
  /** A spot of a roller meets either race: twice its spin. */
  roller: number;
  cage: number;
}

/** Kinematics of rolling without slip. */
export function bearingOrders({ rollers, rollerDiameter, pitchDiameter, cosContact }: BearingGeometry): BearingOrders {
  const k = (rollerDiameter / pitchDiameter) * cosContact;
  return {
    outer: (rollers / 2) * (1 - k),
    inner: (rollers / 2) * (1 + k),
    roller: (pitchDiameter / rollerDiameter) * (1 - k * k),
    cage: (1 - k) / 2,
  };
}
