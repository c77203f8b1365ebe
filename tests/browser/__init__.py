"""A package, so that a browser and servers, which are fixtures of its scope, end with it: Playwright leaves a loop running."""
