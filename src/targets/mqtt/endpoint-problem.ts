/** What is wrong with the endpoint of an MQTT target, or null. Its texts never repeat credentials. */
export function endpointProblem(text: string): { error: string; hint: string } | null {
  const hint = 'write mqtt://host:1883, mqtts://host:8883, ws://host/mqtt, wss://host/mqtt or embedded';
  if (text === 'embedded') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.username !== '' || url.password !== ''))
    return {
      error: 'credentials do not belong in an endpoint',
      hint: 'write auth: { username: …, password: "${NAME}" }',
    };
  if (url === null || !/^(mqtts?|wss?):\/\/[^/]/.test(text))
    return { error: `"${text.replace(/\/\/.*@/, '//')}" is not an MQTT endpoint`, hint };
  if (url.port === '0' || url.hostname === '') return { error: `"${text}" is not an MQTT endpoint`, hint };
  if (/^wss?:/.test(text)) {
    // It often holds a token, and the endpoint stands in every result.
    if (url.search !== '' || url.hash !== '')
      return { error: 'an endpoint has no query and no fragment', hint: 'write wss://host/path, and a token as auth' };
    return null;
  }
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname))
    return { error: `"${text}" has more than a host and a port`, hint };
  return null;
}
