const { KUNACORE_API_URL, KUNACORE_API_KEY, CUSTOMER_ID, WIDGET_URL } = process.env;

/** Issues a token and returns the widget's address to the page's script. */
export async function POST(request) {
  const response = await fetch(`${KUNACORE_API_URL}/v2/ramp/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'api-key': KUNACORE_API_KEY },
    body: JSON.stringify({ customerId: CUSTOMER_ID, userAgent: request.headers.get('user-agent') }),
  });
  const { data } = await response.json();
  return Response.json({ address: `${WIDGET_URL}?refreshToken=${encodeURIComponent(data.token)}` });
}
