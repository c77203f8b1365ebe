"""A package, so that a browser and servers, fixtures of its scope, end with it: Playwright leaves a loop running."""
