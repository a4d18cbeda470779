/** Where each fleet stands in a list, by what identities call it; with holes where a fleet is not in the list. */
export function placesByNumber(fleets: readonly { number: number }[]): readonly number[] {
  const places: number[] = [];
  fleets.forEach(({ number }, place) => {
    places[number] = place;
  });
  return places;
}
