/** Fails where a contestant takes a token for live whose last digit is another. */
export async function refuses({ check }, token) {
  const other = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
  const taken = await check(other).then(
    () => true,
    (error) => {
      if (error !== undefined && error.status !== 401) throw error;
      return false;
    },
  );
  if (taken) throw new Error('a token that is not live was taken for live');
}
