/** Browser features for payments and identity checks that the widget always gets. */
export const FRAME_FEATURES = ['payment', 'camera', 'microphone', 'clipboard-write', 'fullscreen'] as const;

/**
 * Browser features that KUNACORE_WIDGET_FEATURES may grant: what vendors of identity checks and on-ramps ask for
 * (docs/decisions/080-payment-pages.md). A closed list, so that a typing error cannot grant nothing, or everything.
 */
export const GRANTABLE_FEATURES = [
  'accelerometer',
  'autoplay',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
] as const;
