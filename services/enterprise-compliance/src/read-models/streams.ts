/** Of the enterprises: one a tax code. */
export const enterpriseStreams = 'enterprise-';
export const facilityStreams = 'facility-';
export const permitStreams = 'permit-';
/** Of the stations' limits: one a station. */
export const stationLimitsStreams = 'station-limits-';

export const enterpriseStream = (taxCode: string): string => `${enterpriseStreams}${taxCode}`;
export const facilityStream = (facility: string): string => `${facilityStreams}${facility}`;
export const permitStream = (permit: string): string => `${permitStreams}${permit}`;
export const stationLimitsStream = (station: string): string => `${stationLimitsStreams}${station}`;
