/** All reviews of a station are one stream: they are told in one order. */
export const reviewStreams = 'reviews-';

export const reviewStream = (station: string): string => `${reviewStreams}${station}`;
