/** Of the stations: one a station. */
export const stationStreams = 'station-';

/** Of the upload accounts: one an account. */
export const accountStreams = 'account-';

/** The names of all stations of the node. */
export const claimsStream = 'claims';

export const stationStream = (station: string): string => `${stationStreams}${station}`;

export const accountStream = (account: string): string => `${accountStreams}${account}`;
