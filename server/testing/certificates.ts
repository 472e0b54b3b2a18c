/** A key and a certificate that it signed itself, for `localhost`. Good for a hundred years, and for tests alone: nobody else trusts them. */
export type TestCertificate = { key: string; cert: string }

export const testCertificate: TestCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGiuC/XGpHGu05JDA
fVSMznQ3F9b4vrEfU8uAuYDdEtahRANCAAQaqi8SMVj+iJifCpzj+DNb/3AhHKPy
oHxWjB4sWJ+lW1jfbU9oI+YhMuX/fvfkD8TnkCdBtKTCKPNGnxCvL5gY
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUIvhFwY5VY7ujeUlcWLHTbUEspq8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODEzMTgwNloYDzIxMjYxMTA0
MTMxODA2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQaqi8SMVj+iJifCpzj+DNb/3AhHKPyoHxWjB4sWJ+lW1jfbU9oI+Yh
MuX/fvfkD8TnkCdBtKTCKPNGnxCvL5gYo28wbTAdBgNVHQ4EFgQUR+hPGitliN/N
V9TYm//bAQQmoY4wHwYDVR0jBBgwFoAUR+hPGitliN/NV9TYm//bAQQmoY4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAIP7xfb6sa891StXimiFMwIcbvrVpAdv2z4BJZn8jXdTAiBO
7gbOxox/bY+eYioZdsJPKaJ565BtAznnv8N6OWMp2w==
-----END CERTIFICATE-----`,
}

/** One that no test tells anybody to trust. */
export const unknownCertificate: TestCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfhiEKCXUdGldz1Fw
a7S99vp9ZyJ2v0NvfFBAZwp51ZChRANCAASerMR9m0YS/nfrk9/Vw1Dwotj4o/lJ
RP438yYqCGmmE7r52+7sQNILGl4zGpvIo/nl5Nrv2D1oExrB8kG8WB1v
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUEUUPHB7eI1654GeWE0BXa7tHbbAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODEzMTgwNloYDzIxMjYxMTA0
MTMxODA2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASerMR9m0YS/nfrk9/Vw1Dwotj4o/lJRP438yYqCGmmE7r52+7sQNIL
Gl4zGpvIo/nl5Nrv2D1oExrB8kG8WB1vo28wbTAdBgNVHQ4EFgQUgi3l4C/POdK3
1HLZ63tz1mZI1ZcwHwYDVR0jBBgwFoAUgi3l4C/POdK31HLZ63tz1mZI1ZcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgLVIspYlXgzD0+mGFYyhZ2J3fnpPyrU9fw6IcK2R0+qQCIQCw
ys/ZdpWky5CWpPnm8QuaL4iPNoQrviZkrPx7RL1M2Q==
-----END CERTIFICATE-----`,
}
