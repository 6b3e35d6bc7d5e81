'use client';
import { useEffect, useState } from 'react';

export function TokenFrame() {
  const [address, setAddress] = useState(null);
  useEffect(() => {
    void fetch('/token', { method: 'POST' })
      .then((response) => response.json())
      .then((body) => setAddress(body.address));
  }, []);
  return address ? <iframe title="KUNA widget" src={address} width="480" height="640" /> : <p>Loading…</p>;
}
