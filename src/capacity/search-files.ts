/** The files of a search, by name; in each folder of `steps` lies an ordinary run. */
export const searchFiles = { result: 'capacity.json', page: 'capacity.html', steps: 'steps' } as const;
